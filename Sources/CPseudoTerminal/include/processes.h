#pragma once
#include <sys/types.h>

enum child_change { CHILD_NONE = 0, CHILD_EXITED, CHILD_KILLED, CHILD_STOPPED };

struct child_event {
    enum child_change change;
    pid_t pid;
    /// The exit code or the signal's number.
    int value;
};

/// Orphaned descendants become children of this process instead of init's.
void processes_adopt_orphans(void);

/// The next change of any child; an ended one is reaped by this.
struct child_event processes_next_event(void);

/// A pidfd, or -1 and errno.
int process_open(pid_t pid);
int process_signal(int pidfd, int signal);

/// Whether this process has any child, alive or dead and not yet waited for.
int processes_has_child(void);

#pragma once
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

#include "job_anchor.h"
#include "launcher_signals.h"

/// What a child on a new pseudoterminal is made of. The strings live until pty_spawn has returned.
struct pty_request {
    const char *executable;
    char *const *arguments;
    char *const *environment;
    const char *workdir;
    /// The terminal's settings and size are in place before the program's first instruction.
    struct termios settings;
    struct winsize size;
    /// Becomes descriptor 0 in place of the pseudoterminal; -1: none.
    int standard_input;
    /// The child is a job: a TSTP stops it. Not for a child that nobody could continue.
    int is_job;
    struct inherited_signals signals;
};

enum pty_step {
    PTY_STEP_NONE = 0,
    PTY_STEP_PIPE,
    /// forkpty itself: no pseudoterminal or no process to be had.
    PTY_STEP_FORK,
    /// The new session or its controlling terminal.
    PTY_STEP_SESSION,
    PTY_STEP_INPUT,
    PTY_STEP_WORKDIR,
    PTY_STEP_EXEC,
};

struct pty_child {
    pid_t pid;
    /// Close-on-exec and non-blocking: this description is ours alone.
    int master;
    /// To be ended when the child has ended; none unless it is a job.
    struct job_anchor anchor;
    enum pty_step failed_step;
    int error;
};

/// Starts the program as leader of a new session whose controlling terminal is the new
/// pseudoterminal, and returns when exec has happened. On failure nothing is left: no process, no
/// descriptor; failed_step and error say what went wrong.
struct pty_child pty_spawn(const struct pty_request *request);

/// The pseudoterminal's other side, opened by this process: while that is open, reading the master waits for whoever
/// opens it next instead of failing. -1 and errno where that cannot be had.
int pty_hold_open(int master);

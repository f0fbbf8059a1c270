#pragma once
#include <sys/types.h>

struct background {
    /// 0 in the background process.
    pid_t pid;
    /// What the background process reports: its writing end there, the reading end in the caller.
    int report;
    /// The reading end of the background process's standard error; -1 there.
    int text;
};

/// Goes on in the background: a child in a session of its own that has nothing of the caller's open, with signals as
/// a new process has them. Its standard error is a pipe to the caller, its input and output are /dev/null.
/// The caller must have no other thread. On failure pid is -1, and errno says why.
struct background background_start(void);

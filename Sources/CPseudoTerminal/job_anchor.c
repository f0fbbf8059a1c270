#include "include/job_anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "include/descriptors.h"

static pid_t process_with(unsigned long flags) { return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0); }

// False if the parent is gone already: then its end would not be told any more.
static int dies_with(pid_t parent) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == parent; }

_Noreturn static void wait_for_the_end(void) {
    prctl(PR_SET_NAME, "agent-job", 0, 0, 0);
    descriptors_close_from(0);
    for (;;) pause();
}

// In `outside`; tells the agent of both, by a pipe whose end of file comes when both are in place.
_Noreturn static void stand_outside(pid_t launcher, pid_t agent, int pipe) {
    struct job_anchor anchor = {.outside = getpid()};
    if (!dies_with(launcher) || setpgid(0, 0) == -1) _exit(0);
    anchor.inside = process_with(0);
    if (anchor.inside == -1) _exit(0);
    if (anchor.inside == 0) {
        if (!dies_with(anchor.outside) || setpgid(0, agent) == -1) _exit(0);
    } else if (write(pipe, &anchor, sizeof anchor) != sizeof anchor) {
        _exit(0);
    }
    wait_for_the_end();
}

struct job_anchor job_anchor_start(void) {
    struct job_anchor anchor = {0, 0}, ignored;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) == -1) return anchor;
    pid_t launcher = getppid(), agent = getpid();
    // Not the agent's child: an agent that waits for any child must not find one that it never made.
    pid_t outside = process_with(CLONE_PARENT);
    if (outside == 0) stand_outside(launcher, agent, ends[1]);
    close(ends[1]);
    if (outside > 0) {
        if (read(ends[0], &anchor, sizeof anchor) == sizeof anchor) {
            while (read(ends[0], &ignored, sizeof ignored) > 0) {
            }
        }
    }
    close(ends[0]);
    return anchor;
}

static void reap(pid_t pid) {
    while (waitpid(pid, NULL, 0) == -1 && errno == EINTR) {
    }
}

void job_anchor_end(struct job_anchor anchor) {
    if (anchor.outside <= 0) return;
    kill(anchor.outside, SIGKILL);
    reap(anchor.outside);
    // Its parent's end has killed it, and made it a child of this process, which adopts orphans.
    reap(anchor.inside);
}

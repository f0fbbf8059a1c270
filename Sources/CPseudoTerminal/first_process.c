#include "include/first_process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// The child is in this process's group, so that a terminal's ^C, ^\ and size, and a shell that moves the job or goes
// on with it, meet the child itself. Only a hang-up is told to the session's leader alone.
static int is_passed_on(const siginfo_t *info, pid_t child) {
    if (info->si_code == SI_KERNEL) return info->si_signo == SIGHUP;
    // The child stops its whole group, as ^Z does.
    return info->si_pid != child;
}

// Reaps all there is; the status to end with once the child has ended, else -1.
static int reap(pid_t child) {
    int result = -1, status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0 || (pid == -1 && errno == EINTR)) {
        // As a shell has it: no signal kills process 1.
        if (pid == child) result = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return result;
}

_Noreturn static void stand_by(pid_t child, const sigset_t *signals) {
    prctl(PR_SET_NAME, "agent-init", 0, 0, 0);
    for (;;) {
        siginfo_t info;
        int number = sigwaitinfo(signals, &info);
        if (number == SIGCHLD) {
            int status = reap(child);
            // The kernel ends what is left of the container.
            if (status != -1) _exit(status);
        } else if (number > 0 && is_passed_on(&info, child)) {
            kill(child, number);
        }
    }
}

void first_process_stand_aside(void) {
    if (getpid() != 1) return;
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    // While it is ignored the kernel reaps children itself, and the child's status would be lost.
    struct sigaction reaping, inherited;
    memset(&reaping, 0, sizeof reaping);
    reaping.sa_handler = SIG_DFL;
    sigemptyset(&reaping.sa_mask);
    sigaction(SIGCHLD, &reaping, &inherited);
    pid_t child = fork();
    if (child > 0) stand_by(child, &all);
    // In the child; and where none is to be had, as if there had been no need.
    sigaction(SIGCHLD, &inherited, NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

#include "include/processes.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void processes_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

struct child_event processes_next_event(void) {
    struct child_event event = {CHILD_NONE, 0, 0};
    siginfo_t info;
    int result;
    do {
        memset(&info, 0, sizeof info);
        result = waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG);
    } while (result == -1 && errno == EINTR);
    if (result == -1 || info.si_pid == 0) return event;
    event.pid = info.si_pid;
    event.value = info.si_status;
    switch (info.si_code) {
        case CLD_EXITED: event.change = CHILD_EXITED; break;
        case CLD_KILLED:
        case CLD_DUMPED: event.change = CHILD_KILLED; break;
        default: event.change = CHILD_STOPPED; break;
    }
    return event;
}

int processes_has_child(void) {
    siginfo_t info;
    int result;
    do {
        result = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
    } while (result == -1 && errno == EINTR);
    return result == 0 || errno != ECHILD;
}

int process_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int process_signal(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

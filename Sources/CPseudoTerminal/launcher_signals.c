#include "include/launcher_signals.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

int signals_is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void set_disposition(int number, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void change(struct inherited_signals *inherited, int number, void (*handler)(int)) {
    if (signals_is_ignored(number)) sigaddset(&inherited->ignored, number);
    sigaddset(&inherited->changed, number);
    set_disposition(number, handler);
}

static void restore_dispositions(const struct inherited_signals *inherited) {
    for (int number = 1; number < NSIG; number++) {
        if (sigismember(&inherited->changed, number) == 1) {
            set_disposition(number, sigismember(&inherited->ignored, number) == 1 ? SIG_IGN : SIG_DFL);
        }
    }
}

int signals_take_over(struct inherited_signals *inherited) {
    static const int forwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGTSTP};
    sigset_t handled;
    sigemptyset(&handled);
    sigemptyset(&inherited->changed);
    sigemptyset(&inherited->ignored);
    sigemptyset(&inherited->defaulted);
    for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++) {
        // A blocked signal reaches a signalfd even when ignored, so an ignored one is not blocked.
        if (!signals_is_ignored(forwarded[i])) sigaddset(&handled, forwarded[i]);
    }
    sigaddset(&handled, SIGCHLD);
    sigaddset(&handled, SIGCONT);
    sigaddset(&handled, SIGWINCH);
    sigprocmask(SIG_BLOCK, &handled, &inherited->mask);
    // While SIGCHLD is ignored the kernel reaps children itself and their status is lost.
    if (signals_is_ignored(SIGCHLD)) change(inherited, SIGCHLD, SIG_DFL);
    change(inherited, SIGPIPE, SIG_IGN);
    return signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
}

void signals_give_back(const struct inherited_signals *inherited) {
    restore_dispositions(inherited);
    sigprocmask(SIG_SETMASK, &inherited->mask, NULL);
}

void signals_in_child(const struct inherited_signals *inherited) {
    restore_dispositions(inherited);
    for (int number = 1; number < NSIG; number++) {
        if (sigismember(&inherited->defaulted, number) == 1) set_disposition(number, SIG_DFL);
    }
    sigprocmask(SIG_SETMASK, &inherited->mask, NULL);
}

int signals_next(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t count;
    do {
        count = read(descriptor, &info, sizeof info);
    } while (count == -1 && errno == EINTR);
    return count == sizeof info ? (int)info.ssi_signo : 0;
}

void signals_stop_group(void) {
    sigset_t stop, before;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, &before);
    kill(0, SIGTSTP);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

void signals_die_of(int number) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    // A core pattern that is a pipe does not look at the limit.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    set_disposition(number, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    kill(getpid(), number);
}

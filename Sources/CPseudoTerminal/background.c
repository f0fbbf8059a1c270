#include "include/background.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "include/descriptors.h"
#include "include/fault_point.h"

static void set_default(int number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void default_signals(void) {
    for (int number = 1; number < NSIG; number++) set_default(number);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// The pipes' ends have numbers above 2: main has filled up the standard ones.
static int take_descriptors(int nothing, int text, int report) {
    enum { kept = 3 };
    if (dup2(nothing, STDIN_FILENO) == -1 || dup2(nothing, STDOUT_FILENO) == -1) return -1;
    if (dup2(text, STDERR_FILENO) == -1) return -1;
    if (report == kept) {
        if (fcntl(kept, F_SETFD, FD_CLOEXEC) == -1) return -1;
    } else if (dup3(report, kept, O_CLOEXEC) == -1) {
        return -1;
    }
    descriptors_close_from(kept + 1);
    return kept;
}

struct background background_start(void) {
    struct background result = {-1, -1, -1};
    int report[2], text[2], error = 0;
    if (pipe2(report, O_CLOEXEC) == -1) return result;
    if (pipe2(text, O_CLOEXEC) == -1) {
        error = errno;
        close(report[0]);
        close(report[1]);
        errno = error;
        return result;
    }
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    // While the caller ignores it, the kernel would reap the child, and its status would be lost.
    set_default(SIGCHLD);
    // A ^C between fork and setsid is the caller's alone.
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    if (nothing != -1) result.pid = fork();
    error = errno;
    if (result.pid == 0) {
        setsid();
        result.report = take_descriptors(nothing, text[1], report[1]);
        if (result.report == -1) _exit(70);
        default_signals();
        FAULT_POINT("background.child");
        return result;
    }
    FAULT_POINT("background.caller");
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (nothing != -1) close(nothing);
    close(report[1]);
    close(text[1]);
    if (result.pid == -1) {
        close(report[0]);
        close(text[0]);
        errno = error;
        return result;
    }
    result.report = report[0];
    result.text = text[0];
    return result;
}

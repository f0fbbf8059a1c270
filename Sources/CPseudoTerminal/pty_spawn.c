#include "include/pty_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "include/descriptors.h"
#include "include/fault_point.h"

struct report {
    enum pty_step step;
    int error;
    struct job_anchor anchor;
};

static void send_report(int pipe, struct report report) {
    // Smaller than PIPE_BUF into an empty pipe: whole or not at all.
    while (write(pipe, &report, sizeof report) == -1 && errno == EINTR) {
    }
}

static void fail(int pipe, struct report report, enum pty_step step, int error) {
    report.step = step;
    report.error = error;
    send_report(pipe, report);
}

// Only async-signal-safe calls from here to exec. All signals are blocked.
static void run_child(const struct pty_request *request, int pipe) {
    // forkpty ends the child silently when the session cannot be made; this message tells apart.
    struct report report = {.step = PTY_STEP_NONE};
    if (request->is_job) report.anchor = job_anchor_start();
    send_report(pipe, report);
    if (request->standard_input >= 0 && dup2(request->standard_input, STDIN_FILENO) == -1) {
        fail(pipe, report, PTY_STEP_INPUT, errno);
        _exit(126);
    }
    if (chdir(request->workdir) == -1) {
        fail(pipe, report, PTY_STEP_WORKDIR, errno);
        _exit(126);
    }
    descriptors_close_on_exec_from(3);
    signals_in_child(&request->signals);
    FAULT_POINT("exec.before");
    execve(request->executable, request->arguments, request->environment);
    fail(pipe, report, PTY_STEP_EXEC, errno);
    _exit(127);
}

// The pipe's end of file comes with a successful exec, which closes the writing end.
static struct report receive_report(int pipe) {
    struct report last = {.step = PTY_STEP_SESSION, .error = EIO};
    struct report next;
    for (;;) {
        ssize_t count = read(pipe, &next, sizeof next);
        if (count == sizeof next) {
            last = next;
        } else if (!(count == -1 && errno == EINTR)) {
            return last;
        }
    }
}

static struct pty_child failure(enum pty_step step, int error) {
    return (struct pty_child){.pid = -1, .master = -1, .failed_step = step, .error = error};
}

int pty_hold_open(int master) { return ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC); }

struct pty_child pty_spawn(const struct pty_request *request) {
    int pipe[2];
    if (pipe2(pipe, O_CLOEXEC) == -1) return failure(PTY_STEP_PIPE, errno);

    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    int master = -1;
    FAULT_POINT("fork.before");
    pid_t pid = forkpty(&master, NULL, &request->settings, &request->size);
    int error = errno;
    if (pid == 0) run_child(request, pipe[1]);
    FAULT_POINT("fork.after");
    sigprocmask(SIG_SETMASK, &before, NULL);

    close(pipe[1]);
    if (pid == -1) {
        close(pipe[0]);
        return failure(PTY_STEP_FORK, error);
    }
    fcntl(master, F_SETFD, FD_CLOEXEC);
    fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
    struct report report = receive_report(pipe[0]);
    close(pipe[0]);
    if (report.step != PTY_STEP_NONE) {
        close(master);
        while (waitpid(pid, NULL, 0) == -1 && errno == EINTR) {
        }
        job_anchor_end(report.anchor);
        return failure(report.step, report.error);
    }
    FAULT_POINT("exec.after");
    return (struct pty_child){.pid = pid, .master = master, .anchor = report.anchor, .failed_step = PTY_STEP_NONE};
}

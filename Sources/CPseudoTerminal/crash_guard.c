#include "include/crash_guard.h"

#include <string.h>
#include <unistd.h>

static struct {
    volatile sig_atomic_t armed;
    int descriptor;
    struct termios settings;
    int modes_descriptor;
    size_t modes_count;
    char modes[512];
} guard;

static char alternate_stack[64 * 1024];

static void write_text(int descriptor, const char *text, size_t count) {
    if (write(descriptor, text, count) == -1) return;
}

static void restore_terminal(void) {
    // In the background the terminal is another job's, and touching it would stop us.
    pid_t foreground = tcgetpgrp(guard.descriptor);
    if (foreground != -1 && foreground != getpgrp()) return;
    if (guard.modes_count > 0) write_text(guard.modes_descriptor, guard.modes, guard.modes_count);
    tcsetattr(guard.descriptor, TCSANOW, &guard.settings);
}

static void handle_crash(int number) {
    if (guard.armed) {
        guard.armed = 0;
        restore_terminal();
    }
    char line[] = "agentlaunch: ended by signal ??\n";
    char *end = line + sizeof line - 4;
    if (number >= 10) *end++ = (char)('0' + number / 10);
    *end++ = (char)('0' + number % 10);
    *end++ = '\n';
    write_text(STDERR_FILENO, line, (size_t)(end - line));
    // SA_RESETHAND has put the default back; SA_NODEFER lets the signal through at once.
    raise(number);
}

static void guard_against(int number, struct inherited_signals *inherited) {
    if (signals_is_ignored(number)) return;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handle_crash;
    action.sa_flags = SA_ONSTACK | SA_RESETHAND | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, NULL) == 0) sigaddset(&inherited->changed, number);
}

void crash_guard_install(struct inherited_signals *inherited) {
    stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    sigaltstack(&stack, NULL);
    static const int deadly[] = {SIGILL,  SIGTRAP, SIGSEGV, SIGBUS,    SIGABRT,   SIGFPE,  SIGSYS,  SIGALRM,
                                 SIGPROF, SIGIO,   SIGPWR,  SIGSTKFLT, SIGVTALRM, SIGXCPU, SIGXFSZ};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) guard_against(deadly[i], inherited);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) guard_against(number, inherited);
}

void crash_guard_terminal(int descriptor, const struct termios *settings) {
    guard.armed = 0;
    if (settings == NULL) return;
    guard.descriptor = descriptor;
    guard.settings = *settings;
    guard.armed = 1;
}

void crash_guard_modes(int descriptor, const void *bytes, size_t count) {
    guard.modes_count = 0;
    if (count > sizeof guard.modes) return;
    memcpy(guard.modes, bytes, count);
    guard.modes_descriptor = descriptor;
    guard.modes_count = count;
}

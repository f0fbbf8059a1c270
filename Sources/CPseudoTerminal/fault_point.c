#include "include/fault_point.h"

// A release build has nothing here.
#ifdef FAULT_POINTS
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fault_point_reached(const char *name) {
    // A run asks for one point, so that one count is enough. A child goes on with its parent's.
    static int passed = 0;
    const char *wanted = getenv("FAULT_POINT");
    if (wanted == NULL) return;
    size_t length = strcspn(wanted, ":");
    if (strlen(name) != length || strncmp(wanted, name, length) != 0) return;
    int number = wanted[length] == ':' ? atoi(wanted + length + 1) : 1;
    if (++passed != number) return;
    const char *action = getenv("FAULT_ACTION");
    if (action == NULL) action = "kill";
    if (strcmp(action, "parent") == 0) {
        kill(getppid(), SIGKILL);
    } else {
        kill(getpid(), strcmp(action, "stop") == 0 ? SIGSTOP : SIGKILL);
    }
}
#endif

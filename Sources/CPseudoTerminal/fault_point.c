#include "include/fault_point.h"

// A release build has nothing here.
#ifdef FAULT_POINTS
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fault_point_reached(const char *name) {
    // A run asks for one point, so that one count is enough. A child goes on with its parent's.
    static int passed = 0;
    const char *wanted = getenv("FAULT_POINT");
    if (wanted == NULL) return 0;
    size_t length = strcspn(wanted, ":");
    if (strlen(name) != length || strncmp(wanted, name, length) != 0) return 0;
    int number = wanted[length] == ':' ? atoi(wanted + length + 1) : 1;
    if (++passed != number) return 0;
    const char *action = getenv("FAULT_ACTION");
    if (action == NULL) action = "kill";
    if (strcmp(action, "trap") == 0) return 1;
    if (strcmp(action, "parent") == 0) {
        kill(getppid(), SIGKILL);
    } else {
        kill(getpid(), strcmp(action, "stop") == 0 ? SIGSTOP : SIGKILL);
    }
    return 0;
}
#endif

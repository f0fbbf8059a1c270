#include "include/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/resource.h>
#include <unistd.h>

unsigned descriptors_assure_standard(void) {
    unsigned closed = 0;
    for (int number = 0; number <= 2; number++) {
        if (fcntl(number, F_GETFD) != -1 || errno != EBADF) continue;
        closed |= 1u << number;
        // The lowest free number is this one, as those below are open by now.
        if (open("/dev/null", O_RDWR) != number) break;
    }
    return closed;
}

void descriptors_close_on_exec_from(int first) {
    if (close_range((unsigned)first, ~0u, CLOSE_RANGE_CLOEXEC) == 0) return;
    // Before Linux 5.11, and where a sandbox forbids the call.
    struct rlimit limit;
    int end = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)end) end = (int)limit.rlim_cur;
    for (int number = first; number < end; number++) fcntl(number, F_SETFD, FD_CLOEXEC);
}

void descriptors_close_from(int first) {
    if (close_range((unsigned)first, ~0u, 0) == 0) return;
    // Before Linux 5.9, and where a sandbox forbids the call.
    struct rlimit limit;
    int end = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)end) end = (int)limit.rlim_cur;
    for (int number = first; number < end; number++) close(number);
}

#pragma once
#include <sys/types.h>

/// Two processes that do nothing but make an agent's process group one that ^Z stops. The kernel discards a TSTP in
/// an orphaned group: one without a member whose parent is in the same session and in another group. The agent leads
/// its session and is the launcher's child, so its group is orphaned; `inside` is in the agent's group, and its
/// parent `outside` in another one. They have nothing open, take no signal but KILL and STOP, and end with the launcher.
struct job_anchor {
    /// A child of the launcher; 0: there is none.
    pid_t outside;
    pid_t inside;
};

/// In the agent's process, before exec and with all signals blocked: makes them for its group, and returns when they
/// are in place, or none. Async-signal-safe.
struct job_anchor job_anchor_start(void);

/// In the launcher, when the agent has ended: ends both and returns when they are gone.
void job_anchor_end(struct job_anchor anchor);

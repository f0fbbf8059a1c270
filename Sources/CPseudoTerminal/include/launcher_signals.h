#pragma once
#include <signal.h>

/// The caller's signal state, which the child gets back, and what was changed of it since.
struct inherited_signals {
    sigset_t mask;
    /// Signals whose disposition was changed here; of these the caller ignored `ignored`.
    sigset_t changed;
    sigset_t ignored;
    /// Set to default in the child even if the caller ignores them (for a child that must see INT, QUIT and HUP).
    sigset_t defaulted;
};

/// Blocks the signals that the launcher handles and returns a signalfd for them (-1 and errno on
/// failure). A signal that the caller ignores is left alone and stays ignored; SIGCHLD is always
/// handled, SIGPIPE becomes an error of write.
int signals_take_over(struct inherited_signals *inherited);

int signals_is_ignored(int number);

/// Undoes signals_take_over; what arrived meanwhile is delivered now.
void signals_give_back(const struct inherited_signals *inherited);

/// In the child, between fork and exec: the caller's dispositions and mask.
void signals_in_child(const struct inherited_signals *inherited);

/// The next signal's number, 0 if there is none at present.
int signals_next(int descriptor);

/// Stops this process group as ^Z would and returns after SIGCONT. In an orphaned group, where
/// nobody could continue it, the kernel ignores the stop and the call returns at once.
void signals_stop_group(void);

/// Ends this process by the signal, without a core file. Returns only if the signal did not kill
/// (as the first process of a PID namespace).
void signals_die_of(int number);

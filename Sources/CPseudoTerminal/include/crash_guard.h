#pragma once
#include <stddef.h>
#include <termios.h>

#include "launcher_signals.h"

/// Installs handlers for the signals that end this process unasked: they restore the terminal,
/// write one line and raise the signal again. The changed dispositions are noted in `inherited`.
void crash_guard_install(struct inherited_signals *inherited);

/// What a crash puts back on this terminal; NULL settings: nothing.
void crash_guard_terminal(int descriptor, const struct termios *settings);

/// Bytes that switch off the modes which the child has switched on; too long ones are left out.
void crash_guard_modes(int descriptor, const void *bytes, size_t count);

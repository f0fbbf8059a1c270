#pragma once

/// Opens /dev/null at each of 0, 1 and 2 that is closed, so that nothing opened later lands there.
/// Returns a bit for each one that was closed.
unsigned descriptors_assure_standard(void);

/// Marks everything from `first` on close-on-exec. Async-signal-safe.
void descriptors_close_on_exec_from(int first);

/// Closes everything from `first` on. Async-signal-safe.
void descriptors_close_from(int first);

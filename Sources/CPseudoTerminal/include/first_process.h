#pragma once

/// As process 1 of a container: goes on in a child, and stays as an init that does nothing but pass on signals, reap,
/// and end as the child does. Processes whose parent has ended become children of process 1, whoever made them; those
/// below a launcher are its own only because it is not process 1. Returns in the child, and where there is nothing to
/// be done. The caller must have no other thread.
void first_process_stand_aside(void);

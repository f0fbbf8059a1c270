#include <stddef.h>
#include <stdint.h>

// libFuzzer, which is linked in: its loop returns when it is done.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

// memfd_create, which Swift's view of glibc leaves out.
int memory_file(void);

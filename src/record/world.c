#include "record/record.h"

struct world world_system(void)
{
	return (struct world){.fs = fs_system(), .clock = clock_system(), .rng = rng_system()};
}

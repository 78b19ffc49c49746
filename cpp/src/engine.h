// One search: its threads, and how they end.
#pragma once

#include <span>

#include "halt.h"
#include "kernel.h"
#include "layout.h"
#include "tlslp/search.h"

namespace tlslp {

// Runs a valid task with this kernel and layout, on the calling thread and task.threads - 1 others,
// until it is done or the halt is due. `counters` has one for each. Fills the answer's suffix if it
// returns TLSLP_FOUND. All its threads have ended when it returns.
tlslp_status run_search(const tlslp_task& task, const Layout& layout, const Kernel& kernel,
                        const Halt& halt, std::span<tlslp_counter> counters, tlslp_answer& answer);

}  // namespace tlslp

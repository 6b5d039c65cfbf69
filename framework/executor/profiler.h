#pragma once

#include <span>

#include "framework/executor/profile.h"
#include "framework/executor/runner.h"

namespace cornu {

/// Measures a program on these feeds, in whole runs and step by step. Variables have their old values afterwards.
ProgramProfile profile_of(const Runner& runner, std::span<const void* const> feeds, std::span<void* const> fetches,
                          const ProfileOptions& options);

}  // namespace cornu

#include "bench/limit/table.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <vector>

#include "bench/limit/work.h"

namespace bench {
namespace {

using cornu::StepProfile;

constexpr double kLimit = 1.15;  // of the sum: what a step may take

// Steps of one operation on one kind of kernel.
struct Group {
  std::string name;
  int count = 0;
  double alone_ms = 0;
  double in_run_ms = 0;
  double bytes = 0;
  double work = 0;
  std::vector<const StepProfile*> steps;
};

std::string name_of(const StepProfile& step) {
  std::string kernel = step.implementation;
  if (step.kind == StepProfile::Kind::kOwnKernel) kernel = "own";
  if (step.kind == StepProfile::Kind::kPacking) kernel = "reorder, " + kernel;
  if (step.kind == StepProfile::Kind::kCopy) kernel = "memcpy";
  return step.operation + " (" + kernel + ")";
}

std::vector<Group> groups_of(const cornu::ProgramProfile& profile) {
  std::map<std::string, Group> by_name;
  for (const StepProfile& step : profile.steps) {
    Group& group = by_name[name_of(step)];
    group.name = name_of(step);
    ++group.count;
    group.alone_ms += step.alone_ms;
    group.in_run_ms += step.in_run_ms;
    group.bytes += static_cast<double>(step.bytes_read + step.bytes_written);
    group.work += work_of(step);
    group.steps.push_back(&step);
  }
  std::vector<Group> groups;
  groups.reserve(by_name.size());
  for (auto& [name, group] : by_name) groups.push_back(std::move(group));
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.in_run_ms > b.in_run_ms; });
  return groups;
}

std::string shapes_of(const StepProfile& step) {
  std::string text;
  for (const auto& input : step.inputs) text += (text.empty() ? "" : " ") + input.shape.to_string();
  text += " ->";
  for (const auto& output : step.outputs) text += " " + output.shape.to_string();
  return text;
}

void print_row(const std::string& name, int count, double alone_ms, double in_run_ms, double bytes, double work) {
  std::printf("%-64.64s %5d %10.4f %10.4f %8.1f ", name.c_str(), count, alone_ms, in_run_ms, bytes / in_run_ms * 1e-6);
  if (work > 0) {
    std::printf("%9.1f\n", work / in_run_ms * 1e-6);
  } else {
    std::printf("%9s\n", "-");
  }
}

double mebibytes(std::size_t bytes) { return static_cast<double>(bytes) / (1024.0 * 1024.0); }

}  // namespace

void print_table(const std::string& title, const cornu::ProgramProfile& profile, double call_ms, bool every_step) {
  std::printf("%-64s %5s %10s %10s %8s %9s\n", title.c_str(), "count", "alone ms", "in step", "GB/s", "GFLOP/s");
  for (const Group& group : groups_of(profile)) {
    print_row(group.name, group.count, group.alone_ms, group.in_run_ms, group.bytes, group.work);
    if (!every_step) continue;
    for (const StepProfile* step : group.steps) {
      print_row("    " + shapes_of(*step), 1, step->alone_ms, step->in_run_ms,
                static_cast<double>(step->bytes_read + step->bytes_written), work_of(*step));
    }
  }
  const double sum = profile.sum_alone_ms();
  std::printf("sum of kernels alone %.4f ms, in the step %.4f ms, whole step %.4f ms (overhead %.4f), call %.4f ms\n",
              sum, profile.sum_in_run_ms(), profile.run_ms, profile.overhead_ms(), call_ms);
  std::printf("call / sum alone %.3f: %s %.2f\n", call_ms / sum, call_ms <= kLimit * sum ? "within" : "ABOVE", kLimit);
  std::printf("arena %.2f MiB, in use at once %.2f MiB, ratio %.3f\n\n", mebibytes(profile.arena_bytes),
              mebibytes(profile.alive_bytes),
              profile.alive_bytes > 0
                  ? static_cast<double>(profile.arena_bytes) / static_cast<double>(profile.alive_bytes)
                  : 1.0);
  std::fflush(stdout);
}

}  // namespace bench

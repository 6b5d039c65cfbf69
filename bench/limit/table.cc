#include "bench/limit/table.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <vector>

#include "bench/limit/work.h"
#include "io/json.h"

namespace bench {
namespace {

using cornu::StepProfile;

constexpr double kAllowed = 1.15;  // times the limit: what a call may take

// Steps of one operation on one kind of kernel.
struct Group {
  std::string name;
  int count = 0;
  double alone_ms = 0;
  double traffic = 0;  // bytes
  double memory_ms = 0;
  double limit_ms = 0;
  double in_run_ms = 0;
  double bytes = 0;
  double work = 0;
  std::vector<const StepProfile*> steps;
};

double traffic_of(const StepProfile& step) {
  return static_cast<double>(step.bytes_from_memory + step.bytes_to_memory);
}

void add(Group& group, const StepProfile& step, double bytes_per_second) {
  ++group.count;
  group.alone_ms += step.alone_ms;
  group.traffic += traffic_of(step);
  group.memory_ms += step.memory_ms(bytes_per_second);
  group.limit_ms += step.limit_ms(bytes_per_second);
  group.in_run_ms += step.in_run_ms;
  group.bytes += static_cast<double>(step.bytes_read + step.bytes_written);
  group.work += work_of(step);
  group.steps.push_back(&step);
}

std::string name_of(const StepProfile& step) {
  std::string kernel = step.implementation;
  if (step.kind == StepProfile::Kind::kOwnKernel) kernel = "own";
  if (step.kind == StepProfile::Kind::kPacking) kernel = "reorder, " + kernel;
  if (step.kind == StepProfile::Kind::kCopy) kernel = "memcpy";
  return step.operation + " (" + kernel + ")";
}

std::vector<Group> groups_of(const Account& account) {
  std::map<std::string, Group> by_name;
  for (const StepProfile& step : account.profile.steps) add(by_name[name_of(step)], step, account.bytes_per_second);
  std::vector<Group> groups;
  groups.reserve(by_name.size());
  for (auto& [name, group] : by_name) {
    group.name = name;
    groups.push_back(std::move(group));
  }
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

void print_row(const Group& row) {
  std::printf("%-54.54s %5d %10.4f %9.2f %10.4f %10.4f %10.4f %8.1f ", row.name.c_str(), row.count, row.alone_ms,
              row.traffic * 1e-6, row.memory_ms, row.limit_ms, row.in_run_ms, row.bytes / row.in_run_ms * 1e-6);
  if (row.work > 0) {
    std::printf("%9.1f\n", row.work / row.in_run_ms * 1e-6);
  } else {
    std::printf("%9s\n", "-");
  }
}

double mebibytes(std::size_t bytes) { return static_cast<double>(bytes) / (1024.0 * 1024.0); }

double arena_ratio(const cornu::ProgramProfile& profile) {
  if (profile.alive_bytes == 0) return 1.0;
  return static_cast<double>(profile.arena_bytes) / static_cast<double>(profile.alive_bytes);
}

Group whole(const Account& account) {
  Group all;
  for (const StepProfile& step : account.profile.steps) add(all, step, account.bytes_per_second);
  return all;
}

}  // namespace

void print_table(const std::string& title, const Account& account, bool every_step) {
  std::printf("%-54s %5s %10s %9s %10s %10s %10s %8s %9s\n", title.c_str(), "count", "alone ms", "memory MB",
              "memory ms", "limit ms", "in step", "GB/s", "GFLOP/s");
  for (const Group& group : groups_of(account)) {
    print_row(group);
    if (!every_step) continue;
    for (const StepProfile* step : group.steps) {
      Group row;
      add(row, *step, account.bytes_per_second);
      row.name = "    " + shapes_of(*step);
      print_row(row);
    }
  }
  const Group all = whole(account);
  const double call = account.call_ms;
  std::printf("kernels alone, warm: %.4f ms; memory: %.2f MB at %.1f GB/s, %.4f ms; limit: %.4f ms\n", all.alone_ms,
              all.traffic * 1e-6, account.bytes_per_second * 1e-9, all.memory_ms, all.limit_ms);
  std::printf("in the step %.4f ms, whole step %.4f ms (overhead %.4f), call %.4f ms\n", all.in_run_ms,
              account.profile.run_ms, account.profile.overhead_ms(), call);
  std::printf("call / kernels alone %.3f, call / (kernels alone + memory) %.3f, call / limit %.3f: %s %.2f\n",
              call / all.alone_ms, call / (all.alone_ms + all.memory_ms), call / all.limit_ms,
              call <= kAllowed * all.limit_ms ? "within" : "ABOVE", kAllowed);
  std::printf("arena %.2f MiB, in use at once %.2f MiB, ratio %.3f\n\n", mebibytes(account.profile.arena_bytes),
              mebibytes(account.profile.alive_bytes), arena_ratio(account.profile));
  std::fflush(stdout);
}

std::string summary(const std::string& title, const Account& account) {
  const Group all = whole(account);
  return cornu::io::to_json(cornu::Config::dict({{"workload", title},
                                                 {"alone_ms", all.alone_ms},
                                                 {"memory_mb", all.traffic * 1e-6},
                                                 {"memory_ms", all.memory_ms},
                                                 {"limit_ms", all.limit_ms},
                                                 {"in_step_ms", all.in_run_ms},
                                                 {"step_ms", account.profile.run_ms},
                                                 {"call_ms", account.call_ms},
                                                 {"arena_ratio", arena_ratio(account.profile)},
                                                 {"memory_gb_per_s", account.bytes_per_second * 1e-9}}));
}

}  // namespace bench

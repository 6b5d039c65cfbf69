#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/cli/command_line.h"
#include "framework/config.h"
#include "framework/device.h"
#include "io/json.h"

namespace cornu::cli {
namespace {

Config report_of(const std::vector<DeviceInfo>& devices) {
  Config report = Config::list();
  for (const DeviceInfo& device : devices) {
    report.push_back(Config::dict({{"name", device.name},
                                   {"description", device.description},
                                   {"memory_bytes", static_cast<std::int64_t>(device.memory_bytes)},
                                   {"usable", device.usable},
                                   {"reason", device.reason}}));
  }
  return report;
}

void print(const DeviceInfo& device) {
  std::printf("%s:", device.name.c_str());
  if (!device.description.empty()) {
    std::printf(" %s, %.1f GiB", device.description.c_str(), static_cast<double>(device.memory_bytes) / (1 << 30));
  }
  if (!device.usable) std::printf("%s not usable: %s", device.description.empty() ? "" : ";", device.reason.c_str());
  std::printf("\n");
}

}  // namespace

void add_devices_command(CLI::App& app, int& status) {
  const auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("devices", "Show the CPU and the cards, and why one cannot be used");
  command->add_flag("--json", *json, "Print it as JSON");
  command->callback([json, &status] {
    const std::vector<DeviceInfo> devices = list_devices();
    if (*json) {
      std::printf("%s\n", io::to_json(report_of(devices), 2).c_str());
    } else {
      for (const DeviceInfo& device : devices) print(device);
    }
    status = 0;
  });
}

}  // namespace cornu::cli

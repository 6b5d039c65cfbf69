#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/executor/profile.h"
#include "framework/graph/graph.h"

namespace cornu {

/// A graph compiled for inputs of fixed shapes: optimised once, then run many times without allocation and without
/// walking the graph.
///
/// It reads variables where they live and, after everything else was computed, gives them the values the graph assigns.
/// Several threads may run one Program at once; those that assign variables race like any other writers.
///
/// `CORNU_DUMP=passes` prints what each pass made of the graph on stderr, and the memory plan.
class Program {
 public:
  /// Compiles what the fetches and the graph's updates need. `feeds` are placeholders, `feed_specs` their actual
  /// shapes.
  /// **Throws** GraphError, ShapeError, Unsupported.
  static std::shared_ptr<Program> compile(const std::shared_ptr<Graph>& graph, const Tensors& feeds,
                                          const TensorSpecs& feed_specs, const Tensors& fetches);
  /// The same for placeholders whose shapes are known.
  static std::shared_ptr<Program> compile(const std::shared_ptr<Graph>& graph, const Tensors& feeds,
                                          const Tensors& fetches);

  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  const TensorSpecs& feed_specs() const;
  const TensorSpecs& fetch_specs() const;

  /// False when a setting of framework/numerics.h or the default device is another since: the program goes on as it was
  /// compiled.
  bool is_current() const;

  /// Runs on memory of the caller: one pointer for each feed and each fetch, of the sizes the specs say.
  void run(std::span<const void* const> feeds, std::span<void* const> fetches) const;

  /// Begins a run, which is over, and has written the fetches, when `wait` returns: a device works meanwhile, the CPU
  /// does all of it at once. The feeds may change as soon as this returns.
  /// `are_brought` says that the feeds are those of the last `bring`, unchanged since.
  void start(std::span<const void* const> feeds, std::span<void* const> fetches, bool are_brought = false) const;
  void wait() const;
  /// Begins to bring these feeds to the device, for a run that is told so.
  void bring(std::span<const void* const> feeds) const;

  /// Runs on tensors and returns new ones.
  Tensors run(const Tensors& feeds) const;

  /// Measures runs on this memory, as a whole and step by step. Variables have their old values afterwards.
  /// **Throws** Unsupported for a program of a card.
  ProgramProfile profile(std::span<const void* const> feeds, std::span<void* const> fetches,
                         const ProfileOptions& options = {}) const;

  /// Where it runs, such as "cpu:0": the default device when it was compiled.
  const std::string& device() const;

  /// What a program of a card computes on the host, because it has no kernel for it: operands go there and come back.
  std::vector<std::string> host_operations() const;

  /// Bytes of memory one run works in.
  std::size_t arena_bytes() const;

  /// Number of steps a run takes, and their operations in order, for tests and reports.
  std::vector<std::string> step_operations() const;

 private:
  class Implementation;
  explicit Program(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace cornu

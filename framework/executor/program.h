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

  /// False when a setting of framework/numerics.h has another value since: the program goes on as it was compiled.
  bool is_current() const;

  /// Runs on memory of the caller: one pointer for each feed and each fetch, of the sizes the specs say.
  void run(std::span<const void* const> feeds, std::span<void* const> fetches) const;

  /// Runs on tensors and returns new ones.
  Tensors run(const Tensors& feeds) const;

  /// Measures runs on this memory, as a whole and step by step. Variables have their old values afterwards.
  ProgramProfile profile(std::span<const void* const> feeds, std::span<void* const> fetches,
                         const ProfileOptions& options = {}) const;

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

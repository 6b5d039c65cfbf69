#pragma once

#include <map>
#include <memory>
#include <vector>

#include "models/v1/run_plan.h"
#include "models/v1/session.h"

namespace cornu::v1 {

/// What a Session holds: the graph, the values, and the runs compiled so far.
class SessionBody {
 public:
  SessionBody(std::shared_ptr<GraphBody> graph, const SessionOptions& options)
      : graph_(std::move(graph)), options_(options) {}

  void check_open() const;
  Fetched run(const Fetch& fetches, const Feeds& feeds);
  void close();
  const std::shared_ptr<GraphBody>& graph() const { return graph_; }
  SessionValues& values() { return values_; }
  void check_element(const std::shared_ptr<GraphBody>& graph, const std::string& what) const;

 private:
  // Fetches in one row, and how the results go back into their form.
  struct Flat {
    cornu::Tensors tensors;
    std::vector<const OperationRecord*> operations;
  };
  // The feeds of a run, in one row.
  struct Fed {
    cornu::Tensors tensors;
    cornu::Tensors values;
    TensorSpecs specs;
  };
  using Key = std::vector<std::uintptr_t>;
  static Key key_of(const Flat& flat, const Fed& fed);
  cornu::Tensors compute(const Flat& flat, const Fed& fed);
  void flatten(const Fetch& fetch, Flat& flat) const;
  void flatten_name(const std::string& name, Flat& flat) const;
  Fetched form(const Fetch& fetch, const cornu::Tensors& values, std::size_t& next) const;
  Fetched form_operation(const OperationRecord& record) const;
  cornu::Tensor fed_tensor(const Feed& feed) const;
  static cornu::Tensor fitting(const cornu::Tensor& value, const cornu::Tensor& fed, const GraphBody& graph);

  std::shared_ptr<GraphBody> graph_;
  SessionOptions options_;
  SessionValues values_;
  std::map<Key, std::unique_ptr<RunPlan>> plans_;
  // The conds of a run that are decided before it; see UndecidedCond.
  std::map<Key, std::vector<const Conditional*>> decided_before_;
  bool closed_ = false;
};

}  // namespace cornu::v1

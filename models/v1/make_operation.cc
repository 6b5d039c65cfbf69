#include "models/v1/make_operation.h"

#include <algorithm>

#include "framework/graph/unknown_rank.h"
#include "framework/ops/cast.h"
#include "models/v1/errors.h"

namespace cornu::v1 {
namespace {

bool is_among_same(const OperationForm& form, std::size_t i) {
  return form.same_dtypes && i >= form.same_from && i < form.same_until;
}

// A literal takes the dtype of the tensor beside it; a number also that of an array.
cornu::Tensor adapted(std::size_t index, const Tensors& inputs, const OperationForm& form) {
  const cornu::Tensor& literal = inputs[index];
  const auto decides = [&](const Tensor& x) { return literal.is_weak() ? !x.is_weak() : x.is_symbolic(); };
  std::size_t other = form.same_from;
  while (other < inputs.size() && !(is_among_same(form, other) && decides(inputs[other]))) ++other;
  if (other >= inputs.size() || !is_among_same(form, index)) return literal.strong();
  const DType dtype = inputs[other].dtype();
  if (dtype == literal.dtype() || (!literal.is_weak() && literal.dtype() == boolean)) return literal.strong();
  if (is_floating(literal.dtype()) && !is_floating(dtype)) {
    throw errors::TypeError(std::string(form.type) + ": expected a number of dtype " + name_of(dtype) + ", that of " +
                            (inputs[other].is_symbolic() ? "'" + inputs[other].name() + "'" : "the other operand") +
                            "; got one of dtype " + name_of(literal.dtype()));
  }
  return ops::cast(literal.strong(), dtype);
}

bool is_accepted(DType dtype, Accepts accepts) {
  switch (accepts) {
    case Accepts::kAnything: return true;
    case Accepts::kNumbers: return dtype != boolean;
    case Accepts::kFractions: return is_floating(dtype);
    case Accepts::kBooleans: return dtype == boolean;
  }
  return true;
}

const char* description_of(Accepts accepts) {
  switch (accepts) {
    case Accepts::kAnything: return "anything";
    case Accepts::kNumbers: return "numbers";
    case Accepts::kFractions: return "floating-point numbers";
    case Accepts::kBooleans: return "bool";
  }
  return "";
}

void check_dtypes(const OperationForm& form, const Tensors& inputs) {
  if (!inputs.empty() && !is_accepted(inputs[0].dtype(), form.accepts)) {
    throw errors::TypeError(std::string(form.type) + ": expected inputs of " + description_of(form.accepts) +
                            "; got dtype " + name_of(inputs[0].dtype()) + ". Use cast(...).");
  }
  for (std::size_t i = form.same_from; i < inputs.size(); ++i) {
    if (!is_among_same(form, i) || inputs[i].dtype() == inputs[form.same_from].dtype()) continue;
    throw errors::TypeError(std::string(form.type) + ": expected inputs of one dtype; got " +
                            name_of(inputs[form.same_from].dtype()) + " and " + name_of(inputs[i].dtype()) +
                            ". Use cast(...) on one.");
  }
}

}  // namespace

void rethrow_as_v1_error() {
  try {
    throw;
  } catch (const errors::ValueError&) {
    throw;
  } catch (const errors::TypeError&) {
    throw;
  } catch (const errors::KeyError&) {
    throw;
  } catch (const errors::InvalidArgumentError&) {
    throw;
  } catch (const DTypeError& error) {
    throw errors::TypeError(error.what(), error.where(), error.op());
  } catch (const InvalidArgument& error) {
    throw errors::ValueError(error.what(), error.where(), error.op());
  } catch (const GraphError& error) {
    throw errors::ValueError(error.what(), error.where(), error.op());
  }
}

cornu::Tensors plain(const Tensors& tensors) { return {tensors.begin(), tensors.end()}; }

TensorSpecs infer_specs(const TensorSpecs& inputs, const Compute& compute) {
  return infer_for_any_rank(inputs, [&](std::span<const TensorSpec> specs) {
    const auto scratch = std::make_shared<cornu::Graph>("shape inference");
    const GraphScope scope(scratch);
    cornu::Tensors symbols;
    for (const TensorSpec& spec : specs) symbols.push_back(scratch->placeholder(spec));
    TensorSpecs results;
    for (const cornu::Tensor& output : compute(symbols)) results.push_back(output.spec());
    return results;
  });
}

Tensors make_operation(const OperationForm& form, const std::string& name, const Tensors& given,
                       const Compute& compute) {
  return with_v1_errors([&] {
    Tensors inputs = given;
    const auto adapt_and_check = [&] {
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].is_symbolic()) inputs[i] = Tensor(adapted(i, given, form));
      }
      check_dtypes(form, inputs);
    };
    const std::shared_ptr<GraphBody> body = body_for(plain(inputs));
    if (!body) {
      adapt_and_check();
      const cornu::Tensors results = compute(plain(inputs));
      return Tensors(results.begin(), results.end());
    }
    body->check_not_finalized();
    const auto parameter = [&](std::size_t i) {
      if (i < form.parameters.size()) return form.parameters[i];
      // A list of tensors: its members are numbered under the last name.
      const std::string base = form.parameters.empty() ? "input" : form.parameters.back();
      return base + "_" + std::to_string(i + 1 - form.parameters.size());
    };
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].is_symbolic() && parameter(i)[0] == '^')
        inputs[i] = body->add_constant(body->unique_scope(parameter(i).substr(1)), adapted(i, given, form));
    }
    const std::string operation_name = body->unique_scope(name.empty() ? form.default_name : name);
    // Dtypes that do not fit are found when the name is taken already.
    adapt_and_check();
    TensorSpecs specs;
    {
      const NameScopeGuard inside(body, operation_name);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].is_symbolic()) inputs[i] = body->add_constant(body->unique_scope(parameter(i)), inputs[i]);
        specs.push_back(inputs[i].spec());
      }
    }
    const OperationRecord& record =
        body->add_operation(operation_name, {.type = form.type,
                                             .inputs = plain(inputs),
                                             .outputs = form.outputs ? *form.outputs : infer_specs(specs, compute),
                                             .compute = compute,
                                             .is_differentiable = form.is_differentiable});
    Tensors outputs;
    for (std::size_t i = 0; i < record.node->num_outputs(); ++i) outputs.emplace_back(record.node->output(i));
    return outputs;
  });
}

}  // namespace cornu::v1

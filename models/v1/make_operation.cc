#include "models/v1/make_operation.h"

#include <algorithm>

#include "framework/graph/unknown_rank.h"
#include "framework/ops/cast.h"
#include "models/v1/errors.h"

namespace cornu::v1 {
namespace {

// A number takes the dtype of the tensors it meets; an array keeps its own.
cornu::Tensor adapted(const cornu::Tensor& literal, const Tensors& inputs, const OperationForm& form) {
  if (!literal.is_weak()) return literal;
  const auto decides = std::find_if(inputs.begin(), inputs.end(), [](const Tensor& x) { return !x.is_weak(); });
  if (decides == inputs.end() || !form.same_dtypes || decides->dtype() == literal.dtype()) return literal.strong();
  if (is_floating(literal.dtype()) && !is_floating(decides->dtype())) {
    throw errors::TypeError(std::string(form.type) + ": expected a number of dtype " + name_of(decides->dtype()) +
                            ", that of " +
                            (decides->is_symbolic() ? "'" + decides->name() + "'" : "the other operand") +
                            "; got one of dtype " + name_of(literal.dtype()));
  }
  return ops::cast(literal.strong(), decides->dtype());
}

void check_dtypes(const OperationForm& form, const Tensors& inputs) {
  if (!form.same_dtypes) return;
  for (const Tensor& input : inputs) {
    if (input.dtype() == inputs[0].dtype()) continue;
    throw errors::TypeError(std::string(form.type) + ": expected inputs of one dtype; got " +
                            name_of(inputs[0].dtype()) + " and " + name_of(input.dtype()) + ". Use cast(...) on one.");
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
    Tensors inputs;
    for (const Tensor& input : given) {
      const bool literal = !input.is_symbolic();
      inputs.push_back(literal ? Tensor(adapted(input, given, form)) : input);
    }
    check_dtypes(form, inputs);
    const std::shared_ptr<GraphBody> body = body_for(plain(inputs));
    if (!body) {
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
        inputs[i] = body->add_constant(body->unique_scope(parameter(i).substr(1)), inputs[i]);
    }
    const std::string operation_name = body->unique_scope(name.empty() ? form.default_name : name);
    TensorSpecs specs;
    {
      const NameScopeGuard inside(body, operation_name);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].is_symbolic()) inputs[i] = body->add_constant(body->unique_scope(parameter(i)), inputs[i]);
        specs.push_back(inputs[i].spec());
      }
    }
    const OperationRecord& record = body->add_operation(operation_name, {.type = form.type,
                                                                         .inputs = plain(inputs),
                                                                         .outputs = infer_specs(specs, compute),
                                                                         .compute = compute,
                                                                         .is_differentiable = form.is_differentiable});
    Tensors outputs;
    for (std::size_t i = 0; i < record.node->num_outputs(); ++i) outputs.emplace_back(record.node->output(i));
    return outputs;
  });
}

}  // namespace cornu::v1

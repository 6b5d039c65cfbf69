#include "tests/framework/backends/cuda/emulation/cudnn_emulation.h"

#include <algorithm>
#include <cstdio>
#include <unordered_map>

#include "framework/backends/cuda/conv_graph.h"
#include "tests/framework/backends/cuda/emulation/cudnn_descriptors.h"
#include "tests/framework/backends/cuda/emulation/emulated_card.h"

// What cuDNN's handles point to.
struct cudnnContext {
  cudaStream_t stream = nullptr;
};

namespace cornu::test {
namespace {

struct Library {
  std::vector<std::unique_ptr<cudnnContext>> handles;  // kept, so that every handle is another one
  std::unordered_map<cudnnBackendDescriptor_t, std::shared_ptr<EmulatedDescriptor>> descriptors;
  std::string last_fault;
  CudnnCalls calls;
  bool fuses = true;
};

Library& library() {
  static Library the_library;
  return the_library;
}

cudnnStatus_t failed(cudnnStatus_t status, std::string fault) {
  library().last_fault = std::move(fault);
  return status;
}

EmulatedDescriptor* descriptor_of(cudnnBackendDescriptor_t descriptor) {
  const auto known = library().descriptors.find(descriptor);
  return known == library().descriptors.end() ? nullptr : known->second.get();
}

cudnnStatus_t create_descriptor(cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t* descriptor) {
  auto created = std::make_shared<EmulatedDescriptor>();
  created->type = type;
  *descriptor = created.get();
  library().descriptors.emplace(created.get(), std::move(created));
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t destroy_descriptor(cudnnBackendDescriptor_t descriptor) {
  return library().descriptors.erase(descriptor) == 1 ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t set_attribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t type, std::int64_t count, const void* values) {
  EmulatedDescriptor* changed = descriptor_of(descriptor);
  if (!changed || count < 1 || !values) return failed(CUDNN_STATUS_BAD_PARAM, "there is a descriptor and a value");
  EmulatedDescriptor::Attribute attribute{type, count, {}, {}};
  const auto* bytes = static_cast<const std::byte*>(values);
  attribute.bytes.assign(bytes, bytes + static_cast<std::size_t>(count) * size_of(type));
  if (type == CUDNN_TYPE_BACKEND_DESCRIPTOR) {
    for (std::int64_t i = 0; i < count; ++i) {
      const auto part = library().descriptors.find(static_cast<const cudnnBackendDescriptor_t*>(values)[i]);
      if (part == library().descriptors.end()) return failed(CUDNN_STATUS_BAD_PARAM, "parts are descriptors");
      attribute.parts.push_back(part->second);
    }
  }
  std::string fault = fault_of(*changed, name, attribute);
  if (!fault.empty()) return failed(CUDNN_STATUS_BAD_PARAM, std::move(fault));
  changed->attributes[name] = std::move(attribute);
  return CUDNN_STATUS_SUCCESS;
}

// Whether the real library's heuristics know more than its slowest engine for the graph.
bool is_known_form(const EmulatedDescriptor& graph) {
  const auto& operations = graph.attributes.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).parts;
  std::string form;
  for (const auto& operation : operations) {
    if (is_convolution(*operation)) {
      form += operation->type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR ? "forward" : "gradient";
      continue;
    }
    const auto mode = operation->part(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR)
                          .value<cudnnPointwiseMode_t>(CUDNN_ATTR_POINTWISE_MODE);
    if (mode == CUDNN_POINTWISE_RELU_FWD) form += " relu";
    if (mode != CUDNN_POINTWISE_ADD) continue;
    const EmulatedTensor other(operation->part(CUDNN_ATTR_OPERATION_POINTWISE_BDESC));
    form += other.id == cuda::kConvAddend ? " addend" : " bias";
  }
  if (form == "forward" || form == "gradient") return true;
  if (!library().fuses) return false;
  const std::vector<std::string> fused{"forward bias", "forward bias relu", "forward addend bias",
                                       "forward addend bias relu"};
  return std::find(fused.begin(), fused.end(), form) != fused.end();
}

void add_result(EmulatedDescriptor& heuristics, int number, std::vector<cudnnBackendNumericalNote_t> notes) {
  auto engine = std::make_shared<EmulatedDescriptor>();
  engine->type = CUDNN_BACKEND_ENGINE_DESCRIPTOR;
  engine->finalised = true;
  EmulatedDescriptor::Attribute noted{CUDNN_TYPE_NUMERICAL_NOTE, static_cast<std::int64_t>(notes.size()), {}, {}};
  const auto* bytes = reinterpret_cast<const std::byte*>(notes.data());
  noted.bytes.assign(bytes, bytes + notes.size() * sizeof(notes[0]));
  engine->attributes[CUDNN_ATTR_ENGINE_NUMERICAL_NOTE] = std::move(noted);

  EmulatedDescriptor configuration;
  configuration.type = CUDNN_BACKEND_ENGINECFG_DESCRIPTOR;
  configuration.finalised = true;
  configuration.engine = number;
  configuration.attributes[CUDNN_ATTR_ENGINECFG_ENGINE] = {CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, {}, {engine}};
  configuration.attributes[CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH] =
      heuristics.attributes.at(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH);
  heuristics.results.push_back(std::move(configuration));
}

void ask_heuristics(EmulatedDescriptor& heuristics) {
  ++library().calls.searches;
  const EmulatedDescriptor& graph = heuristics.part(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH);
  if (!is_known_form(graph)) return;
  if (heuristics.value<cudnnBackendHeurMode_t>(CUDNN_ATTR_ENGINEHEUR_MODE) == CUDNN_HEUR_MODE_FALLBACK) {
    add_result(heuristics, kSlowest, {CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP});
    return;
  }
  add_result(heuristics, kBroken, {});
  add_result(heuristics, kGreedy, {});
  add_result(heuristics, kOnTensorCores, {CUDNN_NUMERICAL_NOTE_TENSOR_CORE});
  if (graph.part(CUDNN_ATTR_OPERATIONGRAPH_OPS).type != CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR) {
    add_result(heuristics, kNotDeterministic, {CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC});
  }
  add_result(heuristics, kWithWorkspace, {});
}

std::int64_t workspace_of(int engine) {
  if (engine == kGreedy) return std::int64_t{1} << 30;
  return engine == kWithWorkspace ? 1000 : 0;
}

cudnnStatus_t finalize(cudnnBackendDescriptor_t descriptor) {
  EmulatedDescriptor* finalised = descriptor_of(descriptor);
  if (!finalised) return failed(CUDNN_STATUS_BAD_PARAM, "there is a descriptor");
  std::string fault = fault_of(*finalised);
  if (!fault.empty()) return failed(CUDNN_STATUS_BAD_PARAM, std::move(fault));
  if (finalised->type == CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR) ask_heuristics(*finalised);
  if (finalised->type == CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR) {
    finalised->engine = finalised->part(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG).engine;
    if (finalised->engine == kBroken) return failed(CUDNN_STATUS_NOT_SUPPORTED, "the engine works");
  }
  finalised->finalised = true;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t give_parts(const std::vector<const EmulatedDescriptor*>& parts, std::int64_t capacity,
                         std::int64_t* count, void* values) {
  *count = static_cast<std::int64_t>(parts.size());
  for (std::int64_t i = 0; i < std::min(capacity, *count); ++i) {
    *descriptor_of(static_cast<cudnnBackendDescriptor_t*>(values)[i]) = *parts[static_cast<std::size_t>(i)];
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t get_attribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t, std::int64_t capacity, std::int64_t* count, void* values) {
  const EmulatedDescriptor* read = descriptor_of(descriptor);
  if (!read || !read->finalised) return failed(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, "what is read is finalised");
  switch (name) {
    case CUDNN_ATTR_ENGINEHEUR_RESULTS: {
      std::vector<const EmulatedDescriptor*> results;
      for (const EmulatedDescriptor& result : read->results) results.push_back(&result);
      return give_parts(results, capacity, count, values);
    }
    case CUDNN_ATTR_ENGINECFG_ENGINE: return give_parts({&read->part(name)}, capacity, count, values);
    case CUDNN_ATTR_ENGINE_NUMERICAL_NOTE: {
      const EmulatedDescriptor::Attribute& notes = read->attributes.at(name);
      *count = std::min(notes.count, capacity);
      std::copy(notes.bytes.begin(), notes.bytes.end(), static_cast<std::byte*>(values));
      return CUDNN_STATUS_SUCCESS;
    }
    case CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE:
      *count = 1;
      *static_cast<std::int64_t*>(values) = workspace_of(read->engine);
      return CUDNN_STATUS_SUCCESS;
    default: return failed(CUDNN_STATUS_NOT_SUPPORTED, "the attribute can be read");
  }
}

// The tensors of a graph that have addresses.
std::vector<EmulatedTensor> tensors_of(const EmulatedDescriptor& graph) {
  std::vector<EmulatedTensor> tensors;
  for (const auto& operation : graph.attributes.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).parts) {
    for (const auto& [name, attribute] : operation->attributes) {
      for (const auto& part : attribute.parts) {
        if (part->type != CUDNN_BACKEND_TENSOR_DESCRIPTOR) continue;
        EmulatedTensor tensor(*part);
        if (!tensor.is_virtual) tensors.push_back(std::move(tensor));
      }
    }
  }
  return tensors;
}

cudnnStatus_t execute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan, cudnnBackendDescriptor_t pack) {
  const EmulatedDescriptor* planned = descriptor_of(plan);
  const EmulatedDescriptor* given = descriptor_of(pack);
  if (!planned || !given || !planned->finalised || !given->finalised) {
    return failed(CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, "plan and operands are finalised");
  }
  const auto graph = planned->part(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG)
                         .attributes.at(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH)
                         .parts[0];
  const auto ids = given->values<std::int64_t>(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS);
  const auto pointers = given->values<void*>(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS);
  std::map<std::int64_t, void*> addresses;
  for (std::size_t i = 0; i < ids.size(); ++i) addresses[ids[i]] = pointers[i];
  for (const EmulatedTensor& tensor : tensors_of(*graph)) {
    const auto address = addresses.find(tensor.id);
    if (address == addresses.end() || !address->second) return failed(CUDNN_STATUS_BAD_PARAM, "tensors have addresses");
    if (reinterpret_cast<std::uintptr_t>(address->second) % static_cast<std::uintptr_t>(tensor.alignment) != 0) {
      return failed(CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER, "addresses are aligned as tensors say");
    }
  }
  void* workspace = given->value<void*>(CUDNN_ATTR_VARIANT_PACK_WORKSPACE);
  const std::int64_t workspace_bytes = workspace_of(planned->engine);
  if (workspace_bytes > 0 && !workspace) return failed(CUDNN_STATUS_BAD_PARAM, "there is a workspace");
  for (auto& [id, address] : addresses) address = host_address(address);
  ++library().calls.executions;
  library().calls.last_engine = planned->engine;
  enqueue(handle->stream, [graph, addresses, workspace = host_address_of<std::byte>(workspace), workspace_bytes,
                           rounds_to_tf32 = planned->engine == kOnTensorCores] {
    std::fill_n(workspace, workspace_bytes, std::byte{0xff});
    run_operation_graph(*graph, addresses, rounds_to_tf32);
  });
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

cuda::Cudnn emulated_cudnn() {
  cuda::Cudnn functions;
  functions.create = [](cudnnHandle_t* handle) {
    library().handles.push_back(std::make_unique<cudnnContext>());
    *handle = library().handles.back().get();
    return CUDNN_STATUS_SUCCESS;
  };
  functions.destroy = [](cudnnHandle_t) { return CUDNN_STATUS_SUCCESS; };
  functions.set_stream = [](cudnnHandle_t handle, cudaStream_t stream) {
    handle->stream = stream;
    return CUDNN_STATUS_SUCCESS;
  };
  functions.backend_create_descriptor = create_descriptor;
  functions.backend_destroy_descriptor = destroy_descriptor;
  functions.backend_set_attribute = set_attribute;
  functions.backend_get_attribute = get_attribute;
  functions.backend_finalize = finalize;
  functions.backend_execute = execute;
  functions.get_error_string = [](cudnnStatus_t) { return "an emulated error"; };
  functions.get_last_error_string = [](char* message, std::size_t size) {
    std::snprintf(message, size, "%s", library().last_fault.c_str());
  };
  return functions;
}

const CudnnCalls& cudnn_calls() { return library().calls; }
void reset_cudnn_calls() { library().calls = {}; }
void set_cudnn_fuses(bool fuses) { library().fuses = fuses; }

}  // namespace cornu::test

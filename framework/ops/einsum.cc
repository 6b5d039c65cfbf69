#include "framework/ops/einsum.h"

#include <algorithm>
#include <cctype>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "framework/ops/contract.h"

namespace cornu::ops {
namespace {

// Axes of an ellipsis get labels behind all letters, counted from the last axis, so that they meet when they broadcast.
constexpr int kEllipsisLabel = 256;

[[noreturn]] void refuse(const std::string& subscripts, const std::string& why) {
  throw InvalidArgument("einsum: expected subscripts such as \"ij,jk->ik\"; got \"" + subscripts + "\", where " + why,
                        {}, "einsum");
}

// "a...b" as labels, with so many axes for the ellipsis.
std::vector<int> labels_of(const std::string& term, std::int64_t ellipsis_axes, const std::string& subscripts) {
  std::vector<int> labels;
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (term[i] == '.') {
      if (term.compare(i, 3, "...") != 0 || term.find('.', i + 3) != std::string::npos) {
        refuse(subscripts, "\"" + term + "\" has dots other than one \"...\"");
      }
      for (std::int64_t k = ellipsis_axes; k-- > 0;) labels.push_back(kEllipsisLabel + static_cast<int>(k));
      i += 2;
    } else if (std::isalpha(static_cast<unsigned char>(term[i])) != 0) {
      labels.push_back(static_cast<unsigned char>(term[i]));
    } else {
      refuse(subscripts, "'" + std::string(1, term[i]) + "' is not a letter");
    }
  }
  return labels;
}

std::vector<std::string> terms_of(const std::string& inputs) {
  std::vector<std::string> terms(1);
  for (char c : inputs) {
    if (c == ',') {
      terms.emplace_back();
    } else {
      terms.back() += c;
    }
  }
  return terms;
}

// The axes of all ellipses, then the letters that occur once, in alphabetical order.
std::vector<int> implicit_output(const std::vector<LabelledTensor>& operands, std::int64_t ellipsis_axes) {
  std::vector<int> all;
  for (const LabelledTensor& operand : operands) all.insert(all.end(), operand.labels.begin(), operand.labels.end());
  std::sort(all.begin(), all.end());
  std::vector<int> output;
  for (std::int64_t k = ellipsis_axes; k-- > 0;) output.push_back(kEllipsisLabel + static_cast<int>(k));
  for (int label : all) {
    if (label < kEllipsisLabel && std::count(all.begin(), all.end(), label) == 1) output.push_back(label);
  }
  return output;
}

}  // namespace

Tensor einsum(const std::string& subscripts, const Tensors& operands) {
  std::string text = subscripts;
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const std::size_t arrow = text.find("->");
  const std::vector<std::string> terms = terms_of(text.substr(0, arrow));
  if (terms.size() != operands.size()) {
    refuse(subscripts, "there are terms for " + std::to_string(terms.size()) + " tensors, not for " +
                           std::to_string(operands.size()));
  }
  std::vector<DTypeOperand> dtypes;
  for (const Tensor& operand : operands) dtypes.push_back({operand.dtype(), operand.is_weak()});
  const DType dtype = result_type(dtypes);

  std::vector<LabelledTensor> labelled;
  std::int64_t ellipsis_axes = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const bool has_ellipsis = terms[i].find('.') != std::string::npos;
    const std::int64_t letters = static_cast<std::int64_t>(terms[i].size()) - (has_ellipsis ? 3 : 0);
    const std::int64_t rest = operands[i].rank() - letters;
    if (rest < 0 || (rest > 0 && !has_ellipsis)) {
      refuse(subscripts, "\"" + terms[i] + "\" does not fit shape " + operands[i].shape().to_string());
    }
    labelled.push_back({cast(operands[i], dtype), labels_of(terms[i], rest, subscripts)});
    ellipsis_axes = std::max(ellipsis_axes, rest);
  }
  const std::vector<int> output = arrow == std::string::npos
                                      ? implicit_output(labelled, ellipsis_axes)
                                      : labels_of(text.substr(arrow + 2), ellipsis_axes, subscripts);
  for (int label : output) {
    const bool known = std::any_of(labelled.begin(), labelled.end(), [&](const LabelledTensor& operand) {
      return std::find(operand.labels.begin(), operand.labels.end(), label) != operand.labels.end();
    });
    if (!known || std::count(output.begin(), output.end(), label) > 1) {
      refuse(subscripts, "the result names an axis that no operand has, or one twice");
    }
  }
  return contract(std::move(labelled), output);
}

}  // namespace cornu::ops

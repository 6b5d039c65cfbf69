#include "framework/ops/contract.h"

#include <algorithm>
#include <limits>
#include <string>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/diagonal.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {
namespace {

using Labels = std::vector<int>;

bool contains(const Labels& labels, int label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

Labels joined(Labels a, const Labels& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::int64_t axis_of(const LabelledTensor& x, int label) {
  return std::find(x.labels.begin(), x.labels.end(), label) - x.labels.begin();
}

std::int64_t size_of_label(const LabelledTensor& x, int label) { return x.tensor.shape()[axis_of(x, label)]; }

void check_sizes(const LabelledTensor& a, const LabelledTensor& b) {
  for (int label : a.labels) {
    if (!contains(b.labels, label)) continue;
    const std::int64_t m = size_of_label(a, label);
    const std::int64_t n = size_of_label(b, label);
    if (m != n && m != kUnknown && n != kUnknown && m != 1 && n != 1) {
      throw ShapeError("einsum: expected equal sizes for axes of one label; got " + std::to_string(m) + " and " +
                           std::to_string(n) + " in shapes " + a.tensor.shape().to_string() + " and " +
                           b.tensor.shape().to_string(),
                       {}, "einsum");
    }
  }
}

// Axes of one label become one: "ii" the diagonal.
LabelledTensor without_repeats(LabelledTensor x) {
  for (std::size_t i = 0; i < x.labels.size(); ++i) {
    for (std::size_t j = i + 1; j < x.labels.size(); ++j) {
      if (x.labels[i] != x.labels[j]) continue;
      const int label = x.labels[i];
      const auto first = static_cast<std::int64_t>(i);
      const auto second = static_cast<std::int64_t>(j);
      if (x.tensor.shape()[first] != x.tensor.shape()[second]) {
        throw ShapeError(
            "einsum: expected equal sizes for the axes of a repeated label; got shape " + x.tensor.shape().to_string(),
            {}, "einsum");
      }
      x.tensor = diagonal(x.tensor, 0, first, second);
      x.labels.erase(x.labels.begin() + second);
      x.labels.erase(x.labels.begin() + first);
      x.labels.push_back(label);
      return without_repeats(std::move(x));
    }
  }
  return x;
}

// Sums over the labels that nobody else names.
LabelledTensor without_unused(LabelledTensor x, const Labels& used) {
  std::vector<std::int64_t> axes;
  Labels kept;
  for (std::size_t i = 0; i < x.labels.size(); ++i) {
    if (contains(used, x.labels[i])) {
      kept.push_back(x.labels[i]);
    } else {
      axes.push_back(static_cast<std::int64_t>(i));
    }
  }
  if (!axes.empty()) x.tensor = sum(x.tensor, {.axis = axes});
  x.labels = std::move(kept);
  return x;
}

std::vector<std::int64_t> permutation_to(const LabelledTensor& x, const Labels& order) {
  std::vector<std::int64_t> permutation;
  for (int label : order) permutation.push_back(axis_of(x, label));
  return permutation;
}

Tensor arranged(const LabelledTensor& x, const Labels& order) {
  return order.empty() ? x.tensor : transpose(x.tensor, permutation_to(x, order));
}

bool is_arranged(const LabelledTensor& x, const Labels& order) { return x.labels == order; }

// The axes [first, first + count) as one; 0 of them as a new one of size 1.
Tensor merged(const Tensor& x, std::int64_t first, std::size_t count) {
  if (count == 1) return x;
  if (count == 0) return expand_dims(x, first);
  const auto last = first + static_cast<std::int64_t>(count);
  const Shape group = x.shape().slice(first, last);
  Shape shape = x.shape().slice(0, first);
  shape.push_back(group.is_known() ? group.num_elements() : kUnknown);
  return reshape(x, shape.concatenated(x.shape().slice(last)));
}

// Elementwise product, each operand with axes of size 1 for the labels it does not have.
LabelledTensor multiplied(const LabelledTensor& a, const LabelledTensor& b) {
  Labels labels = a.labels;
  for (int label : b.labels) {
    if (!contains(labels, label)) labels.push_back(label);
  }
  const auto aligned = [&](const LabelledTensor& x) {
    Labels own;
    std::vector<std::int64_t> missing;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (contains(x.labels, labels[i])) {
        own.push_back(labels[i]);
      } else {
        missing.push_back(static_cast<std::int64_t>(i));
      }
    }
    const Tensor y = arranged(x, own);
    return missing.empty() ? y : expand_dims(y, missing);
  };
  return {multiply(aligned(a), aligned(b)), labels};
}

// How the labels of a pair share the work of a matrix product.
struct Groups {
  Labels batch, left, right, summed;
};

Groups groups_of(const LabelledTensor& a, const LabelledTensor& b, const Labels& used_later) {
  Groups groups;
  for (int label : a.labels) {
    if (!contains(b.labels, label)) {
      groups.left.push_back(label);
    } else {
      (contains(used_later, label) ? groups.batch : groups.summed).push_back(label);
    }
  }
  for (int label : b.labels) {
    if (!contains(a.labels, label)) groups.right.push_back(label);
  }
  return groups;
}

LabelledTensor contracted(const LabelledTensor& a, const LabelledTensor& b, const Labels& used_later) {
  check_sizes(a, b);
  const Groups groups = groups_of(a, b, used_later);
  const bool broadcasts = std::any_of(groups.summed.begin(), groups.summed.end(), [&](int label) {
    return size_of_label(a, label) != size_of_label(b, label) &&
           (size_of_label(a, label) == 1 || size_of_label(b, label) == 1);
  });
  if (groups.summed.empty() || broadcasts) return without_unused(multiplied(a, b), used_later);

  // A copy in another order is saved where the matrix product can read the operand transposed.
  const Labels a_rows = joined(joined(groups.batch, groups.left), groups.summed);
  const Labels a_columns = joined(joined(groups.batch, groups.summed), groups.left);
  const Labels b_rows = joined(joined(groups.batch, groups.summed), groups.right);
  const Labels b_columns = joined(joined(groups.batch, groups.right), groups.summed);
  const bool transpose_a = !is_arranged(a, a_rows) && is_arranged(a, a_columns);
  const bool transpose_b = !is_arranged(b, b_rows) && is_arranged(b, b_columns);

  const auto batch = static_cast<std::int64_t>(groups.batch.size());
  Tensor x = arranged(a, transpose_a ? a_columns : a_rows);
  Tensor y = arranged(b, transpose_b ? b_columns : b_rows);
  const std::size_t y_first = transpose_b ? groups.right.size() : groups.summed.size();
  const std::size_t y_second = transpose_b ? groups.summed.size() : groups.right.size();
  y = merged(merged(y, batch, y_first), batch + 1, y_second);
  // Without a batch a tensor of any rank times a matrix needs no merged rows.
  const bool keeps_rows = batch == 0 && !transpose_a && !groups.left.empty();
  if (keeps_rows) {
    x = merged(x, static_cast<std::int64_t>(groups.left.size()), groups.summed.size());
  } else {
    const std::size_t x_first = transpose_a ? groups.summed.size() : groups.left.size();
    const std::size_t x_second = transpose_a ? groups.left.size() : groups.summed.size();
    x = merged(merged(x, batch, x_first), batch + 1, x_second);
  }
  Tensor z = matmul(x, y, {.transpose_x = transpose_a, .transpose_y = transpose_b});

  if (groups.right.size() != 1 || (!keeps_rows && groups.left.size() != 1)) {
    Shape shape = z.shape().slice(0, batch);
    for (int label : groups.left) shape.push_back(size_of_label(a, label));
    for (int label : groups.right) shape.push_back(size_of_label(b, label));
    z = reshape(z, shape);
  }
  return {z, joined(joined(groups.batch, groups.left), groups.right)};
}

// Elements of what two operands make together; an unknown size counts as some typical batch.
double result_size(const LabelledTensor& a, const LabelledTensor& b, const Labels& used_later) {
  constexpr double kTypicalSize = 32.0;
  double size = 1.0;
  const auto add = [&](const LabelledTensor& x, int label) {
    const std::int64_t n = size_of_label(x, label);
    size *= n == kUnknown ? kTypicalSize : static_cast<double>(n);
  };
  for (int label : a.labels) {
    if (contains(used_later, label)) add(a, label);
  }
  for (int label : b.labels) {
    if (contains(used_later, label) && !contains(a.labels, label)) add(b, label);
  }
  return size;
}

// The labels of the output and of all operands but two.
Labels labels_beside(const std::vector<LabelledTensor>& operands, std::size_t i, std::size_t j, const Labels& output) {
  Labels labels = output;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    if (k != i && k != j) labels = joined(std::move(labels), operands[k].labels);
  }
  return labels;
}

}  // namespace

Tensor contract(std::vector<LabelledTensor> operands, const std::vector<int>& output) {
  for (LabelledTensor& operand : operands) operand = without_repeats(std::move(operand));
  for (std::size_t i = 0; i < operands.size(); ++i) {
    operands[i] = without_unused(std::move(operands[i]), labels_beside(operands, i, i, output));
  }
  while (operands.size() > 1) {
    std::size_t first = 0, second = 1;
    double smallest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < operands.size(); ++i) {
      for (std::size_t j = i + 1; j < operands.size(); ++j) {
        const double size = result_size(operands[i], operands[j], labels_beside(operands, i, j, output));
        if (size < smallest) {
          smallest = size;
          first = i;
          second = j;
        }
      }
    }
    LabelledTensor pair = contracted(operands[first], operands[second], labels_beside(operands, first, second, output));
    operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(second));
    operands[first] = std::move(pair);
  }
  return arranged(operands[0], output);
}

}  // namespace cornu::ops

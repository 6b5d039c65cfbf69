#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "framework/backends/onednn/vector/block_program.h"
#include "framework/backends/onednn/vector/block_table.h"

namespace cornu::vector {

/// Turns a chain of elementwise operations into a BlockProgram: first into values, then into units that make values,
/// then each value gets a place.
class BlockCompiler {
 public:
  /// `width` as in BlockProgram::compile. A loop has at most `max_steps` steps.
  BlockCompiler(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                std::span<const TensorSpec> outputs, std::optional<VectorAssembler::Width> width,
                std::size_t max_steps);

  /// False for a chain that is not served, such as arithmetic on integers.
  bool find_values();

  /// After find_values. Null where a loop does not find enough registers.
  std::unique_ptr<BlockProgram> compile();

 private:
  using Place = BlockProgram::Input::Place;

  // Floats of a block: an input (they come first), or the result of a step. A cast that changes nothing makes no value.
  struct Value {
    BlockFunction function = nullptr;
    const LoopOperation* operation = nullptr;  // null where only the function does it
    std::vector<int> operands;
    int unit = -1;      // that makes it
    int last_use = -1;  // number of the last unit that reads it; the number of units for what is stored at the end
    int output = -1;    // whose memory it is computed into
    int slot = -1;
  };

  // What a number of the program stands for: a value, and the type that its floats are meant as.
  struct Number {
    int value;
    DType dtype;
  };

  // Values made together: one by a function, or several by a loop.
  struct Unit {
    std::vector<int> values;
    bool is_loop;
  };

  int num_inputs() const { return static_cast<int>(input_specs_.size()); }
  bool is_input(int value) const { return value < num_inputs(); }
  Value& value_of(int value) { return values_[static_cast<std::size_t>(value)]; }
  BlockProgram::Input& input_of(int value) { return result_->inputs_[static_cast<std::size_t>(value)]; }
  const Number& number_of(int number) const { return numbers_[static_cast<std::size_t>(number)]; }
  int num_values() const { return static_cast<int>(values_.size()); }
  int num_units() const { return static_cast<int>(units_.size()); }

  static Place place_of(const BlockOperand& operand);
  bool add_inputs();
  bool add_steps();
  bool add_function(const ElementwiseProgram::Step& step);
  bool add_cast(int operand, DType dtype);
  bool add_outputs();
  int add_value(Value value, int cost);
  bool is_only_stored(int number) const;
  std::size_t number_mask(const std::vector<int>& operands);
  void fill_numbers(const std::vector<int>& operands);

  void make_units();
  void add_loops(const std::vector<int>& values);
  void add_unit(std::vector<int> values, bool is_loop);
  bool is_read_by_loops_only(int input);
  void connect_bytes();
  void find_runs();
  std::vector<int> operands_of(const Unit& unit);
  void find_last_uses();

  void place_inputs();
  bool place_units();
  void place_result(int value, std::vector<int>& free);
  bool add_loop(const Unit& unit);
  BlockLoop::Form form_of(int operand);
  void find_late_inputs();
  void choose_block();
  bool fits_in_cache() const;
  int block_of_rows(std::int64_t limit) const;

  const ElementwiseProgram& program_;
  std::span<const TensorSpec> input_specs_;
  std::span<const TensorSpec> output_specs_;
  const BlockTable& table_;
  const std::optional<VectorAssembler::Width> width_;
  const std::size_t max_steps_;
  std::unique_ptr<BlockProgram> result_;
  std::vector<Value> values_;
  std::vector<Number> numbers_;
  std::vector<Unit> units_;
  std::vector<int> stored_;  // for each output the value that is converted at the end of a block; -1: computed there
  std::int64_t run_ = 0;     // which blocks divide, so that what is one number for a run is one for a block; 0: none
  std::vector<int> bytes_from_;  // for each output the value that a loop writes there as bytes; -1: none
};

}  // namespace cornu::vector

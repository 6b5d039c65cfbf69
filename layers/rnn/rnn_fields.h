#pragma once

#include "layers/config_fields.h"
#include "layers/rnn/base_rnn_cell.h"

namespace cornu::layers {

/// Options of the recurrent layers and of their cells have most fields in common, but are structs of their own so that
/// people see all of them in one place. These functions treat them alike.

/// The part of a layer's or cell's options that is the cell's.
template <typename Options>
RNNCellSettings cell_settings(std::int64_t units, std::int64_t num_gates, const Options& options) {
  RNNCellSettings settings{.units = units,
                           .num_gates = num_gates,
                           .activation = options.activation,
                           .recurrent_activation = {},
                           .use_bias = options.use_bias,
                           .kernel_initializer = options.kernel_initializer,
                           .recurrent_initializer = options.recurrent_initializer,
                           .bias_initializer = options.bias_initializer,
                           .kernel_regularizer = options.kernel_regularizer,
                           .recurrent_regularizer = options.recurrent_regularizer,
                           .bias_regularizer = options.bias_regularizer,
                           .kernel_constraint = options.kernel_constraint,
                           .recurrent_constraint = options.recurrent_constraint,
                           .bias_constraint = options.bias_constraint,
                           .dropout = options.dropout,
                           .recurrent_dropout = options.recurrent_dropout,
                           .seed = options.seed,
                           .layer = {.name = options.name, .trainable = options.trainable, .dtype = options.dtype}};
  if constexpr (requires { options.recurrent_activation; }) {
    settings.recurrent_activation = options.recurrent_activation;
  }
  if constexpr (requires { options.implementation; }) settings.implementation = options.implementation;
  return settings;
}

/// A cell's options out of those of the layer that makes it.
template <typename CellOptions, typename Options> CellOptions cell_options(const Options& options, const char* name) {
  CellOptions cell;
  cell.activation = options.activation;
  if constexpr (requires { options.recurrent_activation; }) cell.recurrent_activation = options.recurrent_activation;
  cell.use_bias = options.use_bias;
  cell.kernel_initializer = options.kernel_initializer;
  cell.recurrent_initializer = options.recurrent_initializer;
  cell.bias_initializer = options.bias_initializer;
  if constexpr (requires { options.unit_forget_bias; }) cell.unit_forget_bias = options.unit_forget_bias;
  cell.kernel_regularizer = options.kernel_regularizer;
  cell.recurrent_regularizer = options.recurrent_regularizer;
  cell.bias_regularizer = options.bias_regularizer;
  cell.kernel_constraint = options.kernel_constraint;
  cell.recurrent_constraint = options.recurrent_constraint;
  cell.bias_constraint = options.bias_constraint;
  cell.dropout = options.dropout;
  cell.recurrent_dropout = options.recurrent_dropout;
  if constexpr (requires { options.reset_after; }) cell.reset_after = options.reset_after;
  cell.seed = options.seed;
  if constexpr (requires { options.implementation; }) cell.implementation = options.implementation;
  cell.name = name;
  cell.trainable = options.trainable;
  cell.dtype = options.dtype;
  return cell;
}

/// What all recurrent layers are told besides their cell.
template <typename Options> void read_sequence_fields(const Config& config, Options& options) {
  const LayerSettings settings = Layer::settings_from(config);
  options.return_sequences = config.get_bool("return_sequences", false);
  options.return_state = config.get_bool("return_state", false);
  options.go_backwards = config.get_bool("go_backwards", false);
  options.stateful = config.get_bool("stateful", false);
  options.unroll = config.get_bool("unroll", false);
  options.zero_output_for_mask = config.get_bool("zero_output_for_mask", false);
  options.activity_regularizer = settings.activity_regularizer;
  options.name = settings.name;
  options.trainable = settings.trainable;
  options.dtype = settings.dtype;
}

/// Options of a cell, or those that a layer has for its cell, from a configuration.
template <typename Options> void read_cell_fields(const Config& config, Options& options) {
  const LayerSettings settings = Layer::settings_from(config);
  const auto initializer = [&](const char* key, Initializer& target) {
    if (!config.get(key).is_null()) target = Initializer::from_config(config.get(key));
  };
  if (config.contains("activation")) options.activation = ActivationFunction::from_config(config.at("activation"));
  if constexpr (requires { options.recurrent_activation; }) {
    if (config.contains("recurrent_activation")) {
      options.recurrent_activation = ActivationFunction::from_config(config.at("recurrent_activation"));
    }
  }
  options.use_bias = config.get_bool("use_bias", true);
  initializer("kernel_initializer", options.kernel_initializer);
  initializer("recurrent_initializer", options.recurrent_initializer);
  initializer("bias_initializer", options.bias_initializer);
  if constexpr (requires { options.unit_forget_bias; }) {
    options.unit_forget_bias = config.get_bool("unit_forget_bias", true);
  }
  options.kernel_regularizer = Regularizer::from_config(config.get("kernel_regularizer"));
  options.recurrent_regularizer = Regularizer::from_config(config.get("recurrent_regularizer"));
  options.bias_regularizer = Regularizer::from_config(config.get("bias_regularizer"));
  options.kernel_constraint = Constraint::from_config(config.get("kernel_constraint"));
  options.recurrent_constraint = Constraint::from_config(config.get("recurrent_constraint"));
  options.bias_constraint = Constraint::from_config(config.get("bias_constraint"));
  options.dropout = config.get_double("dropout", 0.0);
  options.recurrent_dropout = config.get_double("recurrent_dropout", 0.0);
  if constexpr (requires { options.reset_after; }) options.reset_after = config.get_bool("reset_after", true);
  options.seed = optional_int(config, "seed");
  if constexpr (requires { options.implementation; }) {
    options.implementation = config.get_int("implementation", 2);
  }
  options.name = settings.name;
  options.trainable = settings.trainable;
  options.dtype = settings.dtype;
}

}  // namespace cornu::layers

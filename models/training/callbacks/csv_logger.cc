#include "models/training/callbacks/csv_logger.h"

#include <algorithm>
#include <filesystem>

#include "framework/error.h"
#include "models/training/callbacks/python_number.h"

namespace cornu::callbacks {
namespace {

std::string text_of(const std::vector<double>& values) {
  if (values.size() == 1) return python_number(values[0]);
  std::string text = "\"[";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ", ") + python_number(values[i]);
  return text + "]\"";
}

std::string quoted_if_needed(const std::string& field, const std::string& separator) {
  if (field.find_first_of("\"\r\n" + separator) == std::string::npos) return field;
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + '"';
}

}  // namespace

CSVLoggerCallback::CSVLoggerCallback(CSVLoggerOptions options) : options_(std::move(options)) {
  if (options_.separator.size() != 1) {
    throw InvalidArgument("CSVLogger: separator must be one character; got \"" + options_.separator + '"');
  }
}

void CSVLoggerCallback::on_train_begin() {
  std::error_code missing;
  has_header_ = options_.append && std::filesystem::file_size(options_.filename, missing) > 0 && !missing;
  names_.clear();
  file_ = std::ofstream(options_.filename, options_.append ? std::ios::app : std::ios::trunc);
  if (!file_) throw FormatError("CSVLogger: cannot write '" + options_.filename + "'; does its folder exist?");
}

void CSVLoggerCallback::on_epoch_end(std::int64_t epoch, Logs& logs) {
  if (names_.empty()) {
    for (const auto& [name, values] : logs) names_.push_back(name);
    std::sort(names_.begin(), names_.end());
    const auto is_validation = [](const std::string& name) { return name.starts_with("val_"); };
    if (std::none_of(names_.begin(), names_.end(), is_validation)) {
      const std::size_t count = names_.size();
      for (std::size_t i = 0; i < count; ++i) names_.push_back("val_" + names_[i]);
    }
    std::vector<std::string> header{"epoch"};
    header.insert(header.end(), names_.begin(), names_.end());
    if (!has_header_) write_row(header);
  }
  std::vector<std::string> fields{std::to_string(epoch)};
  for (const std::string& name : names_) {
    const std::vector<double>* values = logs.find(name);
    fields.push_back(values ? text_of(*values) : "NA");
  }
  write_row(fields);
}

void CSVLoggerCallback::on_train_end(const Logs& /*logs*/) { file_.close(); }

void CSVLoggerCallback::write_row(const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    file_ << (i == 0 ? "" : options_.separator) << quoted_if_needed(fields[i], options_.separator);
  }
  // Lines end as in Keras' files, so that one can be continued.
  file_ << "\r\n" << std::flush;
  if (!file_) throw FormatError("CSVLogger: cannot write '" + options_.filename + "'; is the disk full?");
}

}  // namespace cornu::callbacks

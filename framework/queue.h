#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "framework/kernel.h"
#include "framework/tensor.h"

namespace cornu {

/// A device with memory of its own, and the order in which it works: work that is put into a queue runs later, one
/// piece after another.
///
/// The seam between programs and a card. Whoever puts work in holds `lock()`, so that what belongs together stays
/// together; all functions but `device`, `backend` and `lock` want that.
class Queue {
 public:
  /// Work that was written down, to be put into the queue again as a whole.
  class Recording {
   public:
    Recording() = default;
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
    virtual ~Recording();
    virtual void replay() = 0;
  };

  Queue() = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;
  virtual ~Queue();

  /// "gpu:0"
  virtual const std::string& device() const = 0;
  /// Whose kernels work here.
  virtual Backend backend() const = 0;

  /// The right to put work in; makes the device this thread's.
  virtual std::unique_lock<std::recursive_mutex> lock() = 0;

  /// Uninitialised memory of the device, 256-byte aligned; given back in the order of the queue when nobody holds it.
  /// `purpose` names it where memory runs out. **Throws** OutOfMemory.
  virtual Storage allocate(std::size_t bytes, const std::string& purpose) = 0;
  /// Memory of the host that the device copies from and to by itself; it must live until the copies are done.
  virtual Storage allocate_on_host(std::size_t bytes) = 0;
  /// Holds memory of the host until what is in the queue now is done.
  virtual void keep_until_done(Storage memory) = 0;
  /// Memory of the device in which programs work one after another: at least that many bytes, the same for all until
  /// one asks for more. What lies there is lost when the next program runs.
  virtual void* workspace(std::size_t bytes, const std::string& purpose) = 0;

  /// The most bytes that `allocate` and `workspace` give out together; 0 for no limit.
  virtual void set_memory_limit(std::uint64_t bytes) = 0;

  /// Gets kernels ready to run, several at once: they are compiled here and not one by one when they first run.
  virtual void prepare(std::span<const Kernel* const> kernels) = 0;

  /// Copies between memory of the device and such of `allocate_on_host`, or within the device.
  virtual void copy(void* to, const void* from, std::size_t bytes) = 0;
  /// The same beside the work in the queue, which must not touch either side; what is put in after `join` comes after
  /// it.
  virtual void copy_beside(void* to, const void* from, std::size_t bytes) = 0;
  virtual void join() = 0;

  /// Calls a function of the host, which must not use the queue. What it throws, `finish` throws.
  virtual void call(std::function<void()> function) = 0;

  /// Waits until all is done.
  virtual void finish() = 0;

  /// What `work` puts into the queue is written down and not done.
  virtual std::unique_ptr<Recording> record(const std::function<void()>& work) = 0;
};

/// The queue of a device, opened at its first use; null for a CPU.
/// **Throws** Unsupported saying why that device cannot be used, InvalidArgument for a name that is none.
std::shared_ptr<Queue> queue_of(const std::string& device);

}  // namespace cornu

#include "framework/error.h"

namespace cornu {

// Out of line, so that every program shares one type_info and one vtable of each.
Error::~Error() = default;
InvalidArgument::~InvalidArgument() = default;
ShapeError::~ShapeError() = default;
DTypeError::~DTypeError() = default;
GraphError::~GraphError() = default;
StateError::~StateError() = default;
FormatError::~FormatError() = default;
Unsupported::~Unsupported() = default;
OutOfMemory::~OutOfMemory() = default;

}  // namespace cornu

#include "models/v1/errors.h"

namespace cornu::v1::errors {

ValueError::~ValueError() = default;
TypeError::~TypeError() = default;
KeyError::~KeyError() = default;
RuntimeError::~RuntimeError() = default;
FailedPreconditionError::~FailedPreconditionError() = default;
InvalidArgumentError::~InvalidArgumentError() = default;

}  // namespace cornu::v1::errors

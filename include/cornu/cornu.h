#pragma once

// Everything a program needs: `#include <cornu/cornu.h>`.
#include "framework/dtype.h"
#include "framework/error.h"
#include "framework/shape.h"

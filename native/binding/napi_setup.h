#pragma once

// The one place that includes Node-API, so that its settings are the same everywhere.
#define NAPI_CPP_EXCEPTIONS
// In a worker that is being terminated nothing can be thrown any more; without this the whole process ends
// instead.
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#include <napi.h>

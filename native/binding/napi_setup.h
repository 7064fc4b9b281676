#pragma once

// The one place that includes Node-API, so that its settings are the same everywhere.
#define NAPI_CPP_EXCEPTIONS
#include <napi.h>

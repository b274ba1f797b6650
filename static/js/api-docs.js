// Shows the API's description 接口文档; requests are signed, so nothing is tried out from here.
"use strict";

const place = document.getElementById("api-docs");
SwaggerUIBundle({ url: place.dataset.schema, domNode: place, supportedSubmitMethods: [], validatorUrl: null });

// SPDX-License-Identifier: EUPL-1.2
//
// The reference of the bijhouding API, made by the browser from the OpenAPI document beside it.

import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import './api.css';

SwaggerUI({
  domNode: document.querySelector('#klantbeeld'),
  url: 'openapi.json',
  // The judge of documents on the internet: this page asks no other host for anything.
  validatorUrl: null,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
});

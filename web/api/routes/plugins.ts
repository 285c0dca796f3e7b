/** The contract: what a flow may be made of: types with their schemas, documentation and icons; expressions. */
import type { Routes } from '../route.ts';

export const PLUGIN_ROUTES = {
  listPlugins: { method: 'GET', path: '/plugins', access: 'user' },
  pluginSubgroups: { method: 'GET', path: '/plugins/groups/subgroups', access: 'user' },
  pluginIcons: { method: 'GET', path: '/plugins/icons', access: 'user' },
  pluginGroupIcons: { method: 'GET', path: '/plugins/icons/groups', access: 'user' },
  pluginIcon: { method: 'GET', path: '/plugins/icons/:type', access: 'user' },
  pluginIconImage: { method: 'GET', path: '/plugins/icons/:type/icon.svg', access: 'user' },
  inputTypes: { method: 'GET', path: '/plugins/inputs', access: 'user' },
  inputType: { method: 'GET', path: '/plugins/inputs/:type', access: 'user' },
  schemas: { method: 'GET', path: '/plugins/schemas/:kind', access: 'user' },
  schemaProperties: { method: 'GET', path: '/plugins/properties/:kind', access: 'user' },
  triggerPlugins: { method: 'GET', path: '/plugins/triggers', access: 'user' },
  pluginVersions: { method: 'GET', path: '/plugins/:type/versions', access: 'user' },
  pluginOfVersion: { method: 'GET', path: '/plugins/:type/versions/:version', access: 'user' },
  readPlugin: { method: 'GET', path: '/plugins/:type', access: 'user' },

  expressionFilters: { method: 'GET', path: '/pebble/filters', access: 'user' },
  expressionFunctions: { method: 'GET', path: '/pebble/functions', access: 'user' },
} as const satisfies Routes;

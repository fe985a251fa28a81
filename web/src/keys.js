// SPDX-License-Identifier: EUPL-1.2

import CodeMirror from 'codemirror';
import 'codemirror/keymap/sublime';

/**
 * Lets Tab and Shift-Tab leave the editors. CodeMirror would indent instead, and
 * someone without a mouse could not get out any more. A list of suggestions
 * that is open keeps its own keys.
 */
export function letTabLeaveEditors() {
  for (const name of ['sublime', 'pcSublime', 'macSublime', 'default', 'basic']) {
    const keys = CodeMirror.keyMap[name];
    if (keys) {
      keys.Tab = false;
      keys['Shift-Tab'] = false;
    }
  }
}

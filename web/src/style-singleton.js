// SPDX-License-Identifier: EUPL-1.2
//
// Takes the place of the package react-style-singleton, with which GraphiQL's dialogs and menus
// keep the page from scrolling. That package writes style elements, which would need
// 'unsafe-inline' in the content security policy; a constructed style sheet needs nothing.

import { useEffect } from 'react';

/** A style sheet that is there while at least one user of it is. */
export function stylesheetSingleton() {
  let users = 0;
  let sheet = null;
  return {
    add(styles) {
      if (users === 0) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(styles);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      }
      users += 1;
    },
    remove() {
      users -= 1;
      if (users === 0) {
        const gone = sheet;
        document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== gone);
        sheet = null;
      }
    },
  };
}

/** A hook that adds styles for as long as its component is shown. */
export function styleHookSingleton() {
  const sheet = stylesheetSingleton();
  return (styles, isDynamic) => {
    useEffect(() => {
      sheet.add(styles);
      return () => sheet.remove();
    }, [styles && isDynamic]);
  };
}

/** A component that adds styles for as long as it is shown. */
export function styleSingleton() {
  const useStyle = styleHookSingleton();
  return ({ styles, dynamic }) => {
    useStyle(styles, dynamic);
    return null;
  };
}

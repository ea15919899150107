export { compareUtf8 } from "../base/utf8-order.js";

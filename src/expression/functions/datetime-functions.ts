import { types } from "../../schema/data-types.js";
import { formatType } from "../../schema/type-text.js";
import type { DataType } from "../../schema/types.js";
import type { BoundExpression } from "../expression.js";
import {
  DATE_PARTS,
  TIME_PARTS,
  checkedDay,
  checkedMoment,
  dayReader,
  lastDayOfMonth,
  momentReader,
  monthsBetween,
  truncateDay,
  truncateMoments,
} from "../kernels/datetime.js";
import { compileDateFormat } from "../kernels/date-format.js";
import { addMonths, daysOf } from "../kernels/calendar.js";
import { evaluationError } from "../kernels/failure.js";
import { bigintReader, numberReader, textsOf } from "../kernels/readers.js";
import { longKernel, numberKernel, operandAt, textKernel } from "../kernels/row-kernels.js";
import { boundCall, simpleFunction, type CallSite, type FunctionDefinition } from "./definition.js";

const { date, timestamp, string, int, long, double, boolean } = types;

function datePart(names: readonly [string, ...string[]], part: string): FunctionDefinition {
  const compute = DATE_PARTS[part] ?? ((): number => 0);
  const kernel = numberKernel((args) => {
    const days = dayReader(operandAt(args, 0));
    return (row) => compute(days(row));
  });
  return simpleFunction({ names, parameters: [date], result: int, kernel, total: true });
}

/** A time as it is: timestamp_ntz stays, everything else becomes a timestamp. */
function asMoment(argument: BoundExpression, site: CallSite): BoundExpression {
  return argument.type.kind === "timestamp_ntz" ? argument : site.coerce(argument, timestamp);
}

function timePart(name: string): FunctionDefinition {
  const compute = TIME_PARTS[name] ?? ((): number => 0);
  return {
    names: [name],
    arity: [1, 1],
    total: true,
    resolve: ([arg], site) => boundCall(name, [asMoment(arg as BoundExpression, site)], int),
    kernel: numberKernel((args) => {
      const moment = momentReader(operandAt(args, 0));
      return (row) => compute(moment(row).micros);
    }),
  };
}

/** Other names of the fields of `extract`. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  y: "year",
  yr: "year",
  yrs: "year",
  years: "year",
  qtr: "quarter",
  mon: "month",
  mons: "month",
  months: "month",
  w: "weekofyear",
  week: "weekofyear",
  weeks: "weekofyear",
  d: "day",
  days: "day",
  dow: "dayofweek",
  dayofweek_iso: "dow_iso",
  doy: "dayofyear",
  h: "hour",
  hr: "hour",
  hrs: "hour",
  hours: "hour",
  m: "minute",
  min: "minute",
  mins: "minute",
  minutes: "minute",
};

const datePartFunction: FunctionDefinition = {
  names: ["date_part", "datepart"],
  arity: [2, 2],
  resolve: ([field, arg], site) => {
    const written = field?.kind === "literal" ? String(field.value).toLowerCase() : "";
    const name = FIELD_NAMES[written] ?? written;
    const known = ["year", "quarter", "month", "weekofyear", "day", "dayofweek", "dayofyear", "hour", "minute"];
    if (!known.includes(name)) throw site.mismatch(`${site.name} has no field '${written}'; it takes ${known.join(", ")}`);
    return site.call(name, [arg as BoundExpression]);
  },
};

/** Days or months added to a date. */
function dateShift(names: readonly [string, ...string[]], shift: (days: number, amount: number) => number): FunctionDefinition {
  const kernel = numberKernel((args, call) => {
    const [days, amount] = [dayReader(operandAt(args, 0)), numberReader(operandAt(args, 1))];
    return (row) => checkedDay(shift(days(row), amount(row)), call);
  });
  return simpleFunction({ names, parameters: [date, int], result: date, kernel });
}

const dateDiffKernel = numberKernel((args) => {
  const [end, start] = [dayReader(operandAt(args, 0)), dayReader(operandAt(args, 1))];
  return (row) => end(row) - start(row);
});

const lastDayKernel = numberKernel((args) => {
  const days = dayReader(operandAt(args, 0));
  return (row) => lastDayOfMonth(days(row));
});

const truncKernel = numberKernel((args, call) => {
  const [days, unit] = [dayReader(operandAt(args, 0)), textsOf(operandAt(args, 1))];
  return (row) => {
    const day = truncateDay(days(row), unit(row));
    return day === undefined ? undefined : checkedDay(day, call);
  };
});

const monthsBetweenKernel = numberKernel((args) => {
  const [a, b] = [momentReader(operandAt(args, 0)), momentReader(operandAt(args, 1))];
  const flag = args[2];
  const roundOff = flag === undefined || flag.kind !== "scalar" || flag.value === true;
  return (row) => monthsBetween(a(row), b(row), roundOff);
});

const makeDateKernel = numberKernel((args, call) => {
  const [year, month, day] = [numberReader(operandAt(args, 0)), numberReader(operandAt(args, 1)), numberReader(operandAt(args, 2))];
  return (row) => {
    const days = daysOf(year(row), month(row), day(row));
    if (days !== undefined) return days;
    throw evaluationError(
      `There is no date ${year(row)}-${month(row)}-${day(row)}`,
      call.describe(),
      "Dates are real days of the years 1 to 9999.",
    );
  };
});

const dateFormatKernel = textKernel((args, call) => {
  const [moment, pattern] = [momentReader(operandAt(args, 0)), textsOf(operandAt(args, 1))];
  let [text, format] = ["", compileDateFormat("", call)];
  return (row) => {
    if (pattern(row) !== text) [text, format] = [pattern(row), compileDateFormat(pattern(row), call)];
    const { days, micros } = moment(row);
    return format(days, micros);
  };
});

/** `date ± interval` and `timestamp ± interval`: months first, then days, then the time. */
function intervalShift(name: "add_interval" | "subtract_interval"): FunctionDefinition {
  const sign = name === "add_interval" ? 1 : -1;
  return {
    names: [name],
    arity: [4, 4],
    resolve: ([base, months, days, micros], site) => {
      const [value, ...amounts] = [base, months, days, micros] as [BoundExpression, BoundExpression, BoundExpression, BoundExpression];
      const [, , time] = amounts;
      const hasTime = time.kind === "literal" && time.value !== 0n;
      if (value.type.kind === "date" && !hasTime) return boundCall(name, [value, ...amounts], date);
      const moment = asMoment(value, site);
      return boundCall(name, [moment, ...amounts], moment.type);
    },
    kernel: (args, call) => (call.type.kind === "date" ? shiftDates(sign)(args, call) : shiftMoments(sign)(args, call)),
  };
}

const shiftDates = (sign: number): ReturnType<typeof numberKernel> =>
  numberKernel((args, call) => {
    const [base, months, days] = [dayReader(operandAt(args, 0)), numberReader(operandAt(args, 1)), numberReader(operandAt(args, 2))];
    return (row) => checkedDay(addMonths(base(row), sign * months(row)) + sign * days(row), call);
  });

const shiftMoments = (sign: number): ReturnType<typeof longKernel> =>
  longKernel((args, call) => {
    const base = momentReader(operandAt(args, 0));
    const [months, days, time] = [numberReader(operandAt(args, 1)), numberReader(operandAt(args, 2)), bigintReader(operandAt(args, 3))];
    return (row) => {
      const moment = base(row);
      return checkedMoment(addMonths(moment.days, sign * months(row)) + sign * days(row), moment.micros + sign * Number(time(row)), call);
    };
  });

/** A cast under a function's name; a format other than the default is refused. */
function castFunction(names: readonly [string, ...string[]], type: DataType, defaultFormat: string): FunctionDefinition {
  return {
    names,
    arity: [1, 2],
    resolve: ([arg, format], site) => {
      if (format !== undefined && !(format.kind === "literal" && format.value === defaultFormat)) {
        throw site.mismatch(`${site.name} reads the format ${defaultFormat} only; take other formats apart with substring`);
      }
      return site.cast(arg as BoundExpression, type);
    },
  };
}

/** The time of the statement, from the clock that `evaluate` is given. */
function clockFunction(names: readonly [string, ...string[]], type: DataType): FunctionDefinition {
  return {
    names,
    arity: [0, 0],
    volatile: true,
    resolve: () => boundCall(names[0], [], type),
    kernel: (_, call) => {
      if (call.nowMicros === undefined) {
        throw evaluationError("The time of the statement is not known here", call.describe(), "Pass the time in as a literal.");
      }
      if (type.kind !== "date") return { kind: "scalar", type, value: call.nowMicros };
      return {
        kind: "scalar",
        type,
        value: Number(call.nowMicros / 86_400_000_000n - (call.nowMicros % 86_400_000_000n < 0n ? 1n : 0n)),
      };
    },
  };
}

/** Whole units since the epoch. Spark rounds them down, but `unix_timestamp` towards the epoch. */
function unixFunction(
  names: readonly [string, ...string[]],
  unitMicros: bigint,
  rounding: "down" | "to-zero" = "down",
): FunctionDefinition {
  const kernel = longKernel((args) => {
    const micros = bigintReader(operandAt(args, 0));
    return (row) => {
      const value = micros(row);
      return value / unitMicros - (rounding === "down" && value % unitMicros < 0n ? 1n : 0n);
    };
  });
  return {
    names,
    arity: [1, 1],
    total: true,
    resolve: ([arg], site) => {
      const { type } = arg as BoundExpression;
      if (type.kind === "string") throw site.mismatch(`${site.name} of a string depends on its format; cast it to timestamp first`);
      return boundCall(names[0], [site.coerce(arg as BoundExpression, timestamp)], long);
    },
    kernel,
  };
}

/** A timestamp from units since the epoch. */
function fromUnixFunction(name: string, unitMicros: bigint): FunctionDefinition {
  const kernel = longKernel((args, call) => {
    const units = bigintReader(operandAt(args, 0));
    return (row) => {
      const micros = units(row) * unitMicros;
      if (micros >= -62135596800000000n && micros < 253402300800000000n) return micros;
      throw evaluationError("The timestamp is not within the years 1 to 9999", call.describe(), "Check the unit of the number.");
    };
  });
  return simpleFunction({ names: [name], parameters: [long], result: timestamp, kernel });
}

const unixDateKernel = numberKernel((args) => dayReader(operandAt(args, 0)));
const fromUnixDateKernel = numberKernel((args, call) => {
  const days = numberReader(operandAt(args, 0));
  return (row) => checkedDay(days(row), call);
});

export const datetimeFunctions: readonly FunctionDefinition[] = [
  datePart(["year"], "year"),
  datePart(["quarter"], "quarter"),
  datePart(["month"], "month"),
  datePart(["day", "dayofmonth"], "day"),
  datePart(["dayofweek"], "dayofweek"),
  datePart(["weekday"], "weekday"),
  datePart(["dayofyear"], "dayofyear"),
  datePart(["weekofyear"], "weekofyear"),
  timePart("hour"),
  timePart("minute"),
  timePart("second"),
  datePartFunction,
  dateShift(["date_add", "dateadd"], (days, amount) => days + amount),
  dateShift(["date_sub"], (days, amount) => days - amount),
  dateShift(["add_months"], addMonths),
  simpleFunction({ names: ["datediff", "date_diff"], parameters: [date, date], result: int, kernel: dateDiffKernel, total: true }),
  simpleFunction({ names: ["last_day"], parameters: [date], result: date, kernel: lastDayKernel, total: true }),
  simpleFunction({ names: ["trunc"], parameters: [date, string], result: date, kernel: truncKernel }),
  simpleFunction({ names: ["date_trunc"], parameters: [string, timestamp], result: timestamp, kernel: truncateMoments, total: true }),
  simpleFunction({
    names: ["months_between"],
    parameters: [timestamp, timestamp, boolean],
    required: 2,
    result: double,
    kernel: monthsBetweenKernel,
    total: true,
  }),
  simpleFunction({ names: ["make_date"], parameters: [int, int, int], result: date, kernel: makeDateKernel }),
  simpleFunction({ names: ["date_format"], parameters: [timestamp, string], result: string, kernel: dateFormatKernel }),
  intervalShift("add_interval"),
  intervalShift("subtract_interval"),
  castFunction(["to_date"], date, "yyyy-MM-dd"),
  castFunction(["to_timestamp"], timestamp, "yyyy-MM-dd HH:mm:ss"),
  castFunction(["to_timestamp_ntz"], types.timestamp_ntz, "yyyy-MM-dd HH:mm:ss"),
  clockFunction(["current_date", "curdate"], date),
  clockFunction(["current_timestamp", "now"], timestamp),
  clockFunction(["localtimestamp"], types.timestamp_ntz),
  unixFunction(["unix_micros"], 1n),
  unixFunction(["unix_millis"], 1000n),
  unixFunction(["unix_seconds"], 1_000_000n),
  unixFunction(["unix_timestamp", "to_unix_timestamp"], 1_000_000n, "to-zero"),
  fromUnixFunction("timestamp_micros", 1n),
  fromUnixFunction("timestamp_millis", 1000n),
  fromUnixFunction("timestamp_seconds", 1_000_000n),
  simpleFunction({ names: ["unix_date"], parameters: [date], result: int, kernel: unixDateKernel, total: true }),
  simpleFunction({ names: ["date_from_unix_date"], parameters: [int], result: date, kernel: fromUnixDateKernel }),
];

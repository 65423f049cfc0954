// The few functions that kernels need, exact to the last bits of a double and the same on every host: Taylor series, long
// enough for the reduced argument. (AssemblyScript's own bring 8 kB of tables.)

/** sin 2πx for x in −½…½, to 3e-16. */
export function sinTurns(x: f64): f64 {
  const folded = min(abs(x), 0.5 - abs(x)) * 6.283185307179586; // 0…π/2
  return copysign(sinQuarter(folded), x);
}

// Reciprocals of odd factorials: −1/3!, 1/5!, …
function sinQuarter(x: f64): f64 {
  const y = x * x;
  let sum: f64 = -8.22063524662433e-18;
  sum = sum * y + 2.8114572543455206e-15;
  sum = sum * y - 7.647163731819816e-13;
  sum = sum * y + 1.6059043836821613e-10;
  sum = sum * y - 2.505210838544172e-8;
  sum = sum * y + 2.7557319223985893e-6;
  sum = sum * y - 1.984126984126984e-4;
  sum = sum * y + 8.333333333333333e-3;
  sum = sum * y - 0.16666666666666666;
  return x + x * y * sum;
}

/** The same for two. */
export function sinTurns2(x: v128): v128 {
  const magnitude = f64x2.abs(x);
  const folded = f64x2.min(magnitude, f64x2.sub(f64x2.splat(0.5), magnitude));
  const angle = f64x2.mul(folded, f64x2.splat(6.283185307179586));
  const y = f64x2.mul(angle, angle);
  let sum = f64x2.splat(-8.22063524662433e-18);
  sum = f64x2.add(f64x2.mul(sum, y), f64x2.splat(2.8114572543455206e-15));
  sum = f64x2.sub(f64x2.mul(sum, y), f64x2.splat(7.647163731819816e-13));
  sum = f64x2.add(f64x2.mul(sum, y), f64x2.splat(1.6059043836821613e-10));
  sum = f64x2.sub(f64x2.mul(sum, y), f64x2.splat(2.505210838544172e-8));
  sum = f64x2.add(f64x2.mul(sum, y), f64x2.splat(2.7557319223985893e-6));
  sum = f64x2.sub(f64x2.mul(sum, y), f64x2.splat(1.984126984126984e-4));
  sum = f64x2.add(f64x2.mul(sum, y), f64x2.splat(8.333333333333333e-3));
  sum = f64x2.sub(f64x2.mul(sum, y), f64x2.splat(0.16666666666666666));
  const positive = f64x2.add(angle, f64x2.mul(f64x2.mul(angle, y), sum));
  return v128.or(positive, v128.and(x, f64x2.splat(-0.0)));
}

/** 2^x for |x| < 1000, to 2e-16. */
export function exp2(x: f64): f64 {
  const whole = nearest(x);
  const y = (x - whole) * Math.LN2;
  let term: f64 = 1;
  let sum: f64 = 1;
  for (let k: u32 = 1; k < 15; k++) {
    term *= y / <f64>k;
    sum += term;
  }
  return sum * reinterpret<f64>((<u64>(<i64>whole + 1023)) << 52);
}

/** log₂ x for normal positive x, to 3e-16 of the result or of 1. */
export function log2(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = <i64>((bits >> 52) & 0x7ff) - 1023;
  let mantissa = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (mantissa > Math.SQRT2) {
    mantissa *= 0.5;
    exponent++;
  }
  const t = (mantissa - 1) / (mantissa + 1); // ln m = 2·artanh t, |t| < 0.172
  const y = t * t;
  let power = t;
  let sum: f64 = 0;
  for (let k: u32 = 1; k < 25; k += 2) {
    sum += power / <f64>k;
    power *= y;
  }
  return <f64>exponent + sum * 2.8853900817779268; // 2 / ln 2
}

/** Modified Bessel function I₀, by its power series. */
export function besselI0(x: f64): f64 {
  const y = x * x * 0.25;
  let term: f64 = 1;
  let sum: f64 = 1;
  for (let k: f64 = 1; term > sum * 1e-17; k++) {
    term *= y / (k * k);
    sum += term;
  }
  return sum;
}

/** x less its nearest whole number: −½…½. */
export function fraction(x: f64): f64 {
  return x - nearest(x);
}

/** Well-mixed 64 bits of 64 (splitmix64, a bijection): random numbers by index. */
export function mix64(index: u64): u64 {
  let z = (index + 1) * (((<u64>0x9e3779b9) << 32) | 0x7f4a7c15);
  z = (z ^ (z >> 30)) * (((<u64>0xbf58476d) << 32) | 0x1ce4e5b9);
  z = (z ^ (z >> 27)) * (((<u64>0x94d049bb) << 32) | 0x133111eb);
  return z ^ (z >> 31);
}

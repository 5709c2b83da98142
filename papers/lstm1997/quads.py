"""Four float64 in one vector register, for compiled code: a number type of numba's with +, -, * and /.

The nets of the paper are so small that numba's loops over them never reach vector instructions; and a step costs more in
exponentials than in products. With this type the kernel says by itself what goes into a register, in plain arithmetic.
Arrays are contiguous, padded to a multiple of LANES in their last axis; `at` counts numbers from their start, unchecked.
"""

import math
import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic as numba_intrinsic
from numba.extending import lower_builtin, models, register_model

from papers.lstm1997.compiled import compiled

LANES = 4
FLOATS, INTEGERS = ir.VectorType(ir.DoubleType(), LANES), ir.VectorType(ir.IntType(64), LANES)
intrinsic: Any = numba_intrinsic  # called in compiled code, without the first argument that its definition has
CONTRACT = ("contract",)  # a product and a sum may be rounded once


def padded(n: int, to: int = LANES) -> int:
    """n, or the next multiple of `to`."""
    return -(-n // to) * to


class Quad(types.Type):
    """The type of four numbers in a register."""

    def __init__(self) -> None:
        super().__init__("Quad")


QUAD = Quad()


@register_model(Quad)
class QuadModel(models.PrimitiveModel):
    def __init__(self, manager, numba_type):  # type: ignore[no-untyped-def]
        super().__init__(manager, numba_type, FLOATS)


@infer_global(operator.add)
@infer_global(operator.sub)
@infer_global(operator.mul)
@infer_global(operator.truediv)
class _Arithmetic(AbstractTemplate):
    def generic(self, args, keywords):  # type: ignore[no-untyped-def]
        if QUAD in args and all(kind in (QUAD, types.float64) for kind in args):
            return signature(QUAD, *args)
        return None


def _arithmetic(instruction):  # type: ignore[no-untyped-def]
    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        a, b = (x if kind is QUAD else _four(builder, x) for x, kind in zip(arguments, signature.args, strict=True))
        return getattr(builder, instruction)(a, b, flags=CONTRACT)

    return generate


for _operator, _instruction in (
    (operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"), (operator.truediv, "fdiv"),
):  # fmt: skip
    for _kinds in ((Quad, Quad), (Quad, types.Float), (types.Float, Quad)):
        lower_builtin(_operator, *_kinds)(_arithmetic(_instruction))


@intrinsic
def load(typing, array, at):  # type: ignore[no-untyped-def]
    """array[at : at + 4]"""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array, at = arguments
        return builder.load(_address(context, builder, signature.args[0], array, at, FLOATS), align=8)

    return QUAD(array, types.int64), generate


@intrinsic
def store(typing, array, at, quad):  # type: ignore[no-untyped-def]
    """array[at : at + 4] = quad"""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array, at, quad = arguments
        builder.store(quad, _address(context, builder, signature.args[0], array, at, FLOATS), align=8)
        return context.get_dummy_value()

    return types.void(array, types.int64, QUAD), generate


@intrinsic
def pick(typing, array, start, places, at):  # type: ignore[no-untyped-def]
    """array[start + places[at + i]] for i = 0..3"""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array, start, places, at = arguments
        chosen = builder.load(_address(context, builder, signature.args[2], places, at, INTEGERS), align=8)
        quad = ir.Constant(FLOATS, ir.Undefined)
        for lane in range(LANES):
            index = ir.Constant(ir.IntType(32), lane)
            place = builder.add(start, builder.extract_element(chosen, index))
            number = builder.load(_address(context, builder, signature.args[0], array, place, ir.DoubleType()))
            quad = builder.insert_element(quad, number, index)
        return quad

    return QUAD(array, types.int64, places, types.int64), generate


@intrinsic
def total(typing, quad):  # type: ignore[no-untyped-def]
    """The sum of the four."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        a, b, c, d = (builder.extract_element(arguments[0], ir.Constant(ir.IntType(32), lane)) for lane in range(LANES))
        return builder.fadd(builder.fadd(a, b), builder.fadd(c, d))

    return types.float64(QUAD), generate


@intrinsic
def _clipped(typing, quad, low, high):  # type: ignore[no-untyped-def]
    """Not below `low`, not above `high`; NaN stays NaN."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        quad, low, high = arguments
        for sign, bound in (("<", _four(builder, low)), (">", _four(builder, high))):
            quad = builder.select(builder.fcmp_ordered(sign, quad, bound), bound, quad)
        return quad

    return QUAD(QUAD, types.float64, types.float64), generate


@intrinsic
def _times_two_to(typing, quad, rounded):  # type: ignore[no-untyped-def]
    """quad * 2^n, n being the integers in the lowest bits of `rounded`: they are added to the exponents."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        bits, n = (builder.bitcast(x, INTEGERS) for x in arguments)
        return builder.bitcast(builder.add(bits, builder.shl(n, ir.Constant(INTEGERS, [52] * LANES))), FLOATS)

    return QUAD(QUAD, QUAD), generate


LOG2_E = 1.0 / math.log(2.0)
# log 2 in two parts, the first with so few digits that its products with small integers are exact.
LN_2_HIGH, LN_2_LOW = 0.693145751953125, 1.42860682030941723212e-6
ROUND = 1.5 * 2.0**52  # added and taken away again, it leaves the nearest integer
C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13 = (1.0 / math.factorial(k) for k in range(14))


@compiled(inline=True)
def logistic(x):  # type: ignore[no-untyped-def]
    """f(x) = 1 / (1 + e^-x) to the last digit or two; x beyond +-700 counts as +-700, NaN stays NaN."""
    x = 0.0 - _clipped(x, -700.0, 700.0)
    rounded = x * LOG2_E + ROUND
    n = rounded - ROUND
    r = x - n * LN_2_HIGH - n * LN_2_LOW
    q = r * r
    p = q * q
    low = (C0 + C1 * r) + q * (C2 + C3 * r)
    middle = (C4 + C5 * r) + q * (C6 + C7 * r)
    high = (C8 + C9 * r) + q * (C10 + C11 * r) + p * (C12 + C13 * r)
    return 1.0 / (1.0 + _times_two_to(low + p * (middle + p * high), rounded))


def _address(context, builder, array_type, array, at, kind):  # type: ignore[no-untyped-def]
    assert array_type.layout == "C", "quads lie in contiguous arrays"
    data = context.make_array(array_type)(context, builder, array).data
    place = cgutils.pointer_add(builder, data, builder.mul(at, ir.Constant(at.type, 8)))
    return builder.bitcast(place, kind.as_pointer())


def _four(builder, x):  # type: ignore[no-untyped-def]
    one = builder.insert_element(ir.Constant(FLOATS, ir.Undefined), x, ir.Constant(ir.IntType(32), 0))
    everywhere = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(FLOATS, ir.Undefined), everywhere)

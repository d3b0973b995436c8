"""Search as people at a kiosk meet it: letters only, initials above all."""

from __future__ import annotations

import pytest

from hall.catalog.demo import load
from hall.catalog.readings import PHRASES, letters, likely, readings
from hall.catalog.search import Entry, Found, Hit, Index, build


@pytest.fixture(scope="module")
def demo() -> Index:
    hall = load()
    items = [Entry(item.code, item.code, item.name, item.name_en, item.aliases) for item in hall.items]
    return build(
        items + [Entry(one.code, one.code, one.name, one.name_en, one.aliases) for one in hall.bundles]
    )


def named(*names: str) -> Index:
    return build([Entry(name, f"Z-{number}", name) for number, name in enumerate(names)])


def keys(hits: list[Hit]) -> list[str]:
    return [hit.key for hit in hits]


@pytest.mark.parametrize(
    ("query", "item"),
    [
        ("yyzz", "营业执照遗失、毁损补领"),
        ("yingyezhizhao", "营业执照遗失、毁损补领"),
        ("yingyzz", "营业执照遗失、毁损补领"),
        ("营业zz", "营业执照遗失、毁损补领"),
        ("yíng yè", "营业执照遗失、毁损补领"),
        ("YYZZ", "公司设立登记（营业执照）"),
        ("sfz", "居民身份证换领（到期、损坏）"),
        ("sfzdl", "居民身份证丢失补领"),
        ("jszbl", "机动车驾驶证遗失、损毁补领"),
        ("jiashizhengbuling", "机动车驾驶证遗失、损毁补领"),
        ("esfgh", "二手房转移登记（买卖过户）"),
        ("gjj", "住房公积金提取（购房）"),
        ("gongjijint", "住房公积金提取（购房）"),
        ("jhdj", "结婚登记"),
        ("dibao", "最低生活保障对象认定"),
        ("kcg", "食品经营许可（餐饮服务）"),
        ("身份证 补办", "居民身份证丢失补领"),
        ("passport", "普通护照签发"),
        ("lost identity", "居民身份证丢失补领"),
        ("driving lic", "机动车驾驶证期满换证"),
        ("411528-SCJG-001", "公司设立登记（营业执照）"),
        ("411528scjg001", "公司设立登记（营业执照）"),
    ],
)
def test_what_people_type_finds_what_they_mean(demo: Index, query: str, item: str) -> None:
    code = next(one.code for one in load().items if one.name == item)
    found = demo.search(query)
    assert code in keys(found), f"{query} should find {item}, but finds {[hit.text for hit in found]}"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("长葛市企业登记", ("cgs", "changgeshi", "zgs", "zhanggeshi")),
        ("单县居民服务", ("sxjm", "shanxian", "danxian")),
        ("仇先生", ("qxs", "qiu", "chou")),
        ("解女士", ("xns", "xienv", "xienu", "jns")),
        ("银行开户", ("yhkh", "yinhang", "yinxing")),
        ("绿色通道", ("lvse", "luse", "lstd")),
        ("重新发证", ("cxfz", "zhongxin")),
    ],
)
def test_every_reading_of_a_character_counts(name: str, typed: tuple[str, ...]) -> None:
    index = named("结婚登记", name, "退休手续")
    for query in typed:
        assert keys(index.search(query)) == [name], f"{query} should find {name}: look at readings.readings"


def test_likely_readings_rank_before_unlikely_ones() -> None:
    index = named("长葛办事", "出国办事", "城关镇长葛路")
    assert keys(index.search("cg")) == ["长葛办事", "出国办事", "城关镇长葛路"]
    assert keys(index.search("zg")) == ["长葛办事", "城关镇长葛路"]
    rare = named("事业单位", "准字号")  # 事 also reads zi, which nobody types
    assert keys(rare.search("z")) == ["准字号", "事业单位"]


def test_each_phrase_corrects_the_dictionary_with_a_reading_it_knows() -> None:
    for phrase, said in PHRASES.items():
        first = [readings(sign)[0] for sign in phrase]
        assert first != list(said), f"{phrase} needs no entry in PHRASES"
        for sign, reading in zip(phrase, said, strict=True):
            assert reading in readings(sign), f"{sign} has no reading {reading}"
        assert likely(f"办{phrase}证")[1:-1] == list(said)


def test_beginnings_come_before_middles_and_short_before_long() -> None:
    index = named("补办营业执照", "营业执照补办申请", "营业执照", "公司营业执照")
    assert keys(index.search("yyzz")) == ["营业执照", "营业执照补办申请", "补办营业执照", "公司营业执照"]


def test_the_last_syllable_may_be_unfinished_but_no_other() -> None:
    index = named("营业执照", "引用", "医药")
    assert keys(index.search("yin")) == ["引用", "营业执照"]
    assert keys(index.search("yingyezh")) == ["营业执照"]
    assert not index.search("yinyezhizhao"), "yin is not a reading of 营"


def test_an_exact_code_comes_first_and_letters_alone_do_not_wander_into_codes() -> None:
    entries = [
        Entry("code", "GA", "普通护照签发"),
        Entry("name", "411528-X-1", "公安业务"),
        Entry("long", "411528-GAJ-7", "结婚登记"),
    ]
    index = build(entries)
    assert keys(index.search("ga")) == ["code", "name"]
    assert index.search("ga")[0].found is Found.CODE
    assert keys(index.search("GAJ-7")) == ["long"]


def test_english_is_found_from_the_start_of_words_only() -> None:
    index = build([Entry("a", "1", "甲", "Register a company"), Entry("b", "2", "乙", "Accompany a child")])
    assert keys(index.search("company")) == ["a"]
    assert keys(index.search("company register")) == ["a"]
    assert index.search("company")[0].found is Found.NAME_EN


def test_an_alias_is_found_and_named_and_does_not_show_an_item_twice() -> None:
    index = build([Entry("a", "1", "居民身份证丢失补领", aliases=("身份证补办", "补办身份证"))])
    (hit,) = index.search("sfzbb")
    assert (hit.key, hit.found, hit.text, hit.prefix) == ("a", Found.ALIAS, "身份证补办", True)
    assert len(index.search("sfz")) == 1


@pytest.mark.parametrize(
    "query", ["", "   ", "\0\0", "😀", "！！！", "\u202e\u200b", "qqqqqqq", "zzz9", "a" * 100_000]
)
def test_what_fits_nothing_finds_nothing(query: str) -> None:
    assert named("结婚登记", "退休手续").search(query) == []


def test_an_empty_catalogue_and_names_of_signs_alone_do_no_harm() -> None:
    assert build([]).search("yyzz") == []
    strange = build([Entry("a", "", "！！！", "…", ("", "😀"))])
    assert strange.search("a") == strange.search("！！！") == []


def test_two_items_of_one_name_are_both_found() -> None:
    index = build([Entry("a", "1", "结婚登记"), Entry("b", "2", "结婚登记")])
    assert keys(index.search("jhdj")) == ["a", "b"]


def test_searching_keeps_its_order_and_its_limit(demo: Index) -> None:
    whole = demo.search("s", limit=1000)
    for limit in (0, 1, 5, 20):
        assert demo.search("s", limit) == whole[:limit]


def test_letters_keeps_what_counts_and_nothing_else() -> None:
    assert letters("Ｙｙ－Zz！\u202e yíng，nǚ 营 😀２") == "yyzzyingnv营2"

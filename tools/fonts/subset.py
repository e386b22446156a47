#!/usr/bin/env python3
"""Cuts the Noto fonts down to what the PDFs of contracts need: see crates/paper/fonts/README.md.

    subset.py FONTS EMOJI OUT        FONTS: a folder laid out as Debian's /usr/share/fonts; EMOJI: the file of Noto Emoji
"""
import pathlib
import sys

from fontTools.subset import main as pyftsubset

LATIN_GREEK_CYRILLIC = (
    "U+0020-007E,U+00A0-024F,U+0250-02AF,U+02B0-02FF,U+0300-036F,U+0370-03FF,U+1F00-1FFF,U+0400-052F,U+1E00-1EFF,"
    "U+2000-206F,U+2070-209F,U+20A0-20CF,U+2100-214F,U+2150-218F,U+2190-21FF,U+2212,U+2215,U+2248,U+2260,U+2264,U+2265,"
    "U+25A0-25FF,U+FB00-FB06,U+FFFD"
)
ARABIC = "U+0600-06FF,U+0750-077F,U+0020,U+200C-200F,U+25CC"
HEBREW = "U+0590-05FF,U+0020,U+25CC"
DEVANAGARI = "U+0900-097F,U+A8E0-A8FF,U+1CD0-1CF9,U+0020,U+200C,U+200D,U+20B9,U+25CC"
THAI = "U+0E01-0E3A,U+0E3F-0E5B,U+0020,U+200B,U+25CC"
# All that Noto Emoji draws, but digits and signs that it only has for keycaps.
EMOJI = "U+00A9,U+00AE,U+200D,U+203C,U+2049,U+20E3,U+2122-2BFF,U+3030,U+303D,U+3297,U+3299,U+1F000-1FAFF,U+E0020-E007F"
# What names in traditional characters have and neither of the common sets: surnames and given names of Taiwan and Hong Kong, and
# the variants in which Japanese families write theirs.
NAMES = (
    "黃劉莊吳趙孫錢馮陳褚衛蔣沈韓楊許呂張孔嚴華魏陶戚謝鄒喻蘇潘葛奚範彭魯韋馬鳳鄭賴鍾羅龔龐闕簡顏鄧遲鄔鄺聶關闞齊龍譚蕭蔡閻閆樓錄譜饒"
    "盧賀顧鮑葉溫顧藍連賈賓駱邱塗塗歐陽諸葛司徒諶甯寧鐵鈕衞倪爾勞勵單喬壽夢奧嬌寶寬實岡峯峰師廣彥彌德恆慶憶懷應戀擇敏斌曉書會東栢"
    "𠮷𡈽𠀋棟樂樺權歡淨清淵湯滿漢潔澤濤瑋瑩環瓊產畢盛眾碩禎禮穎竇紀純紹細終組結絲綠維綺緯縈總績繼纓續聖聰聲聯膺臨與興舉舒莉華萬葦蒓蓁蓮蔭薇藝"
    "蘭蘊處號虹衍裕視覺親觀詠詩誠語誼諾謙議變讓貝貴賢贊輝輕運達遙遠選邁邦鄉醫釗鈴鈺鉅銀銘銳鋒錦鍵鎮鏡鑫長開閎陞陸隆際雙雲霈霖靄靈韻頌順預"
    "頤願顯風飛騰驊驥鮮鴻鵬麗麟黨鼎齡琪婷妍昊煜淼玥珺喆薇蕾怡瑄瑜璇璐瑤睿祺禕筠綽翊翎翰芃芮芷芸茜茵荃莎莹菁菲萱蓉蓓蔚蕊馨騏鶯鷺徽儷伶俐俞倩偉傑儀億"
    "冀凱剛勁勛勳匯卉喬嘉圓堯堃奕妤姍姿娜娟婉婕媛嫻嬋孟宸宥宜宣容寧岑崇嵐巧帆幸庭弘彤徵恩悅惠愷慈憲懿捷揚敦旭昀昕晏晟晨晴暄曦朗杏杰柏桓梅梓棋森榆榮樹歆毅沁沛泓洋洛浩涵渝湘溪"
    "滕漪澄瀅瀚炫焜熙燁燕燦玉玟珈珊珮琦琬琳瑀瑋瑛瑞璟瓔甄皓盈睦祐祥禹秉秦穆竣筱純紘紫絜綸緹羽耀聆育臻致舜芬芯若苡茹葳蒨蓉詠誌譽讌貞軒逸郁采鈞鎔雅雯靖靜韋頎駿髙﨑邉邊濵濱齋齊齋斎廣島國澤櫻眞實藏惠龜曾"
)
KANA = "".join(
    chr(code) for first, last in [(0x3000, 0x303F), (0x3040, 0x30FF), (0xFF01, 0xFF9F), (0x2E80, 0x2E99)] for code in range(first, last)
)
# Simplified Chinese is the third face of the collection.
CHINESE_FACE = 2


def rows(encoding, first, last):
    """The characters that a double-byte code has in these rows."""
    found = set()
    for high in range(first, last):
        for low in range(0xA1, 0xFF):
            try:
                found.add(bytes([high, low]).decode(encoding))
            except UnicodeDecodeError:
                pass
    return found


def supplementary():
    """The characters of JIS X 0213 beyond the basic plane, which names are written with ("𠮷")."""
    found = set()
    for plane in (b"", b"\x8f"):
        for high in range(0xA1, 0xFF):
            for low in range(0xA1, 0xFF):
                try:
                    told = (plane + bytes([high, low])).decode("euc_jis_2004")
                except UnicodeDecodeError:
                    continue
                if len(told) == 1 and ord(told) > 0xFFFF:
                    found.add(told)
    return found


EUROPEAN = "ccmp,locl,mark,mkmk,kern,liga,calt,rlig,init,medi,fina,isol,curs,rclt,clig"


def cut(source, target, characters, *more, features=EUROPEAN):
    pyftsubset([
        str(source), f"--output-file={target}", characters, *more, f"--layout-features={features}",
        "--no-hinting", "--notdef-outline", "--name-IDs=0,1,2,3,4,5,6,13,14",
        "--drop-tables+=DSIG,meta,STAT,BASE,VORG,vhea,vmtx,gasp,fpgm,prep,cvt,hdmx",
    ])


def main():
    fonts, emoji, out = map(pathlib.Path, sys.argv[1:])
    noto = fonts / "truetype/noto"
    for name, characters in [
        ("NotoSans-Regular.ttf", LATIN_GREEK_CYRILLIC), ("NotoSans-Bold.ttf", LATIN_GREEK_CYRILLIC),
        ("NotoSansArabic-Regular.ttf", ARABIC), ("NotoSansHebrew-Regular.ttf", HEBREW),
    ]:
        cut(noto / name, out / name, f"--unicodes={characters}")
    # The scripts of India and Thai are put together by features of their own.
    for name, characters in [("NotoSansDevanagari-Regular.ttf", DEVANAGARI), ("NotoSansThai-Regular.ttf", THAI)]:
        cut(noto / name, out / name, f"--unicodes={characters}", features="*")
    cut(emoji, out / "NotoEmoji-Regular.ttf", f"--unicodes={EMOJI}", features="*")
    collection = fonts / "opentype/noto/NotoSansCJK-Regular.ttc"
    common = rows("gb2312", 0xB0, 0xD8) | rows("euc_jp", 0xB0, 0xD0) | supplementary() | set(NAMES)
    for name, characters in [
        ("NotoSansHan-Regular.otf", "".join(sorted(common)) + KANA),
        ("NotoSansHangul-Regular.otf", "".join(sorted(rows("euc_kr", 0xB0, 0xC9)))),
    ]:
        cut(collection, out / name, f"--text={characters}", f"--font-number={CHINESE_FACE}")


main()

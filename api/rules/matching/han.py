"""Names in Han characters by their sound in Mandarin, where a character is common in names; any other is its own sound.

The table holds family names and given names that people bear or are given on the way, in both forms of writing. It is
no dictionary: a character with several sounds has the one that names have.
"""

from collections.abc import Mapping
from typing import Final

from api.rules.matching.sounds import Syllable, syllables_of

_SOUNDS: Final = """
ai爱愛艾 an安 bai白 bao宝寶包鲍鮑 bin斌彬 bo波伯博 cai蔡才彩 cao曹 chang常 chao超 chen陈陳晨辰 cheng程成诚誠城
chun春纯純 cui崔翠 dan丹 dai戴代岱 deng邓鄧 ding丁 dong董东東冬 du杜 duan段 en恩 fan范樊帆 fang方芳房 fei飞飛菲费費
fen芬 feng冯馮峰风風凤鳳锋鋒枫楓 fu付傅福富 gang刚剛 gao高 ge葛 gong龚龔 gu顾顧古 guang光广廣 gui桂贵貴 guo郭国國
hai海 han韩韓汉漢涵寒 hao浩郝豪好昊 he何贺賀和荷 hong红紅洪宏鸿鴻虹 hou侯 hu胡湖虎 hua华華花 huan欢歡环環 huang黄黃煌
hui慧惠辉輝会會 ji吉季纪紀 jia佳嘉家贾賈 jian建健剑劍 jiang江姜蒋蔣 jiao娇嬌 jie杰傑洁潔捷 jin金锦錦进進晋
jing静靜晶敬京婧景菁 juan娟 jun军軍君俊 kai凯凱开開 kang康 kong孔 lan兰蘭岚嵐 lei雷磊蕾 li李丽麗莉力立利理黎梨历
lian莲蓮连連 liang梁亮良 liao廖 lin林琳霖 ling玲灵靈凌铃鈴 liu刘劉柳六 long龙龍隆 lu卢盧陆陸路鲁魯露璐 luo罗羅洛
lv吕呂 ma马馬玛 mao毛 mei梅美妹媚 meng孟梦夢萌 miao苗 min敏民闵 ming明名鸣鳴 mo莫 mu木穆 na娜 nan南楠 ni倪妮尼
ning宁寧 ou欧歐 pan潘 pei裴佩培 peng彭鹏鵬 ping平萍 qi琪奇齐齊启 qian钱錢倩 qiang强強 qiao乔喬巧 qin秦琴勤
qing青清庆慶晴 qiu邱秋丘 quan全泉权權 ran然 ren任仁 rong荣榮蓉容 rou柔 ru如 ruan阮 rui瑞睿锐 ru茹 shan山珊善 shao邵少
shen沈申 sheng胜勝生圣聖盛 shi石施诗詩史时 shu淑书書舒 shuang双雙爽 shun顺順 si思丝絲四 song宋松 su苏蘇素 sun孙孫
tan谭譚 tang唐汤湯 tao陶涛濤桃 ti提 tian田天甜 ting婷亭廷 tong童彤 wan万萬婉 wang王汪旺 wei魏伟偉卫衛薇威维維微
wen文温溫雯 wu吴吳武伍五 xi席喜希西惜熙 xia夏霞 xian先仙贤 xiang向香祥翔湘 xiao小晓曉肖萧蕭笑 xie谢謝 xin新欣心鑫辛馨
xing邢兴興星杏 xiu秀 xiong熊雄 xu徐许許旭 xuan轩軒萱 xue薛雪学學 yan严嚴颜顏燕艳艷妍岩彦 yang杨楊阳陽洋扬 yao姚瑶瑤
ye叶葉 yi易依怡一仪儀艺藝毅益 yin尹银銀音 ying英颖穎莹瑩影迎 yong勇永 you尤友 yu于余俞玉宇雨语語裕煜
yuan袁元园圓圆媛源远 yue月岳悦悅越 yun云雲韵芸 ze泽澤 zeng曾 zhai翟 zhan詹 zhang张張章 zhao赵趙 zhen珍真振镇贞
zheng郑鄭正政 zhi志智芝之 zhong钟鍾忠中 zhou周洲 zhu朱珠竹祝 zhuo卓 zi子梓紫 zou邹鄒 zu祖 a阿 lao老
"""


def _read(table: str) -> Mapping[str, str]:
    sounds: dict[str, str] = {}
    for entry in table.split():
        sound = "".join(char for char in entry if char.isascii())
        sounds |= dict.fromkeys(entry[len(sound) :], sound)
    return sounds


_SOUND_OF: Final = _read(_SOUNDS)


def han_syllables(text: str) -> tuple[Syllable, ...]:
    """Return one syllable for each character, in order; what is no letter is left out."""
    return tuple(syllable for char in text if char.isalpha() for syllable in _spoken(char))


def _spoken(char: str) -> tuple[Syllable, ...]:
    sound = _SOUND_OF.get(char)
    return syllables_of(sound) if sound else (Syllable(char, char),)

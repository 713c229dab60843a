"""Holds a demo model against the held-out suite, through the real llama.cpp library.

    python3 check.py LIBRARY MODEL [--show] [--ask TEXT ...]

LIBRARY is a llama.cpp b4916 shared library (libllama.so, or the libjllama.so that Hyperion unpacks).
Names, places and things here do not occur in the corpus (a very short one such as "Ty" may, by chance); phrases mix
known and unknown words, and most wordings are of the corpus' own kind. Decoding is greedy. Exits with 1 when
a skill stays below its bar. --ask prints the answers of one conversation instead.
"""

import argparse
import ctypes as c
import json
import random
import sys

import jinja2

import corpus
import facts
import tokenizer


class ModelParams(c.Structure):
    _fields_ = [("devices", c.c_void_p), ("n_gpu_layers", c.c_int32), ("split_mode", c.c_int32), ("main_gpu", c.c_int32),
                ("tensor_split", c.c_void_p), ("progress_callback", c.c_void_p), ("progress_user_data", c.c_void_p),
                ("kv_overrides", c.c_void_p), ("vocab_only", c.c_bool), ("use_mmap", c.c_bool), ("use_mlock", c.c_bool),
                ("check_tensors", c.c_bool)]


class ContextParams(c.Structure):
    _fields_ = [(n, c.c_uint32) for n in ("n_ctx", "n_batch", "n_ubatch", "n_seq_max")] + \
               [(n, c.c_int32) for n in ("n_threads", "n_threads_batch", "rope_scaling_type", "pooling_type", "attention_type")] + \
               [(n, c.c_float) for n in ("rope_freq_base", "rope_freq_scale", "yarn_ext_factor", "yarn_attn_factor", "yarn_beta_fast", "yarn_beta_slow")] + \
               [("yarn_orig_ctx", c.c_uint32), ("defrag_thold", c.c_float), ("cb_eval", c.c_void_p), ("cb_eval_user_data", c.c_void_p),
                ("type_k", c.c_int32), ("type_v", c.c_int32)] + \
               [(n, c.c_bool) for n in ("logits_all", "embeddings", "offload_kqv", "flash_attn", "no_perf")] + \
               [("abort_callback", c.c_void_p), ("abort_callback_data", c.c_void_p)]


class Batch(c.Structure):
    _fields_ = [("n_tokens", c.c_int32), ("token", c.POINTER(c.c_int32)), ("embd", c.c_void_p), ("pos", c.c_void_p),
                ("n_seq_id", c.c_void_p), ("seq_id", c.c_void_p), ("logits", c.c_void_p)]


class Engine:
    """One model and one context of the real library."""

    def __init__(self, library, path):
        self.lib = lib = c.CDLL(library)
        self.quiet = c.CFUNCTYPE(None, c.c_int, c.c_char_p, c.c_void_p)(lambda *_: None)
        lib.llama_log_set(self.quiet, None)
        lib.llama_model_default_params.restype = ModelParams
        lib.llama_context_default_params.restype = ContextParams
        for name in ("llama_model_load_from_file", "llama_init_from_model", "llama_model_get_vocab", "llama_model_chat_template"):
            getattr(lib, name).restype = c.c_void_p
        lib.llama_get_logits_ith.restype = c.POINTER(c.c_float)
        lib.llama_vocab_is_eog.restype = c.c_bool
        lib.llama_model_chat_template.restype = c.c_char_p
        lib.llama_model_load_from_file.argtypes = [c.c_char_p, ModelParams]
        lib.llama_init_from_model.argtypes = [c.c_void_p, ContextParams]
        lib.llama_decode.argtypes = [c.c_void_p, Batch]
        lib.llama_batch_get_one.restype = Batch
        lib.llama_tokenize.argtypes = [c.c_void_p, c.c_char_p, c.c_int32, c.POINTER(c.c_int32), c.c_int32, c.c_bool, c.c_bool]
        lib.llama_token_to_piece.argtypes = [c.c_void_p, c.c_int32, c.c_char_p, c.c_int32, c.c_int32, c.c_bool]
        lib.llama_backend_init()
        self.model = lib.llama_model_load_from_file(path.encode(), lib.llama_model_default_params())
        if not self.model:
            sys.exit("cannot load " + path)
        p = lib.llama_context_default_params()
        if (p.n_ctx, p.n_batch, p.defrag_thold) != (512, 2048, -1.0):
            sys.exit("this library's structures are not those of llama.cpp b4916")
        p.n_ctx, p.n_threads, p.n_threads_batch = 1024, 1, 1
        self.context = c.c_void_p(lib.llama_init_from_model(self.model, p))
        self.vocabulary = c.c_void_p(lib.llama_model_get_vocab(c.c_void_p(self.model)))
        self.size = lib.llama_vocab_n_tokens(self.vocabulary)
        self.template = lib.llama_model_chat_template(c.c_void_p(self.model), None).decode()

    def tokenize(self, text):
        raw = text.encode()
        out = (c.c_int32 * (len(raw) + 8))()
        n = self.lib.llama_tokenize(self.vocabulary, raw, len(raw), out, len(out), True, True)
        return list(out[:n])

    def piece(self, token):
        out = c.create_string_buffer(64)
        length = self.lib.llama_token_to_piece(self.vocabulary, token, out, 64, 0, True)
        return out.raw[:length]

    def generate(self, prompt, limit=160):
        """The greedy answer, and whether it ended by itself."""
        self.lib.llama_kv_self_clear(self.context)
        ids = self.tokenize(prompt)
        if len(ids) + limit > 1024:
            return "(too long)", False
        raw = b""
        for _ in range(limit):
            array = (c.c_int32 * len(ids))(*ids)
            if self.lib.llama_decode(self.context, self.lib.llama_batch_get_one(array, len(ids))):
                return raw.decode("utf-8", "replace"), False
            logits = self.lib.llama_get_logits_ith(self.context, -1)[:self.size]
            best = logits.index(max(logits))
            if self.lib.llama_vocab_is_eog(self.vocabulary, best):
                return raw.decode("utf-8", "replace"), True
            raw += self.piece(best)
            ids = [best]
        return raw.decode("utf-8", "replace"), False


class Suite:
    """Runs conversations and keeps the score of every skill."""

    def __init__(self, engine, show=False):
        self.engine, self.show, self.scores, self.failures = engine, show, {}, []
        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
        environment.filters["tojson"] = lambda v: json.dumps(v, ensure_ascii=False)
        self.template = environment.from_string(engine.template)

    def answer(self, messages, tools=None):
        text, ended = self.engine.generate(self.template.render(messages=messages, tools=tools, add_generation_prompt=True))
        self.note("ends by itself", ended, messages, text)
        return text

    def note(self, skill, good, messages, text):
        n, m = self.scores.get(skill, (0, 0))
        self.scores[skill] = (n + bool(good), m + 1)
        if not good:
            self.failures.append("%s: %s -> %s" % (skill, " | ".join(m["content"] or json.dumps(m.get("tool_calls")) for m in messages), text.replace("\n", "\\n")))

    def talk(self, *turns, system=None, tools=None):
        """Says one turn after the other; each is a text or (text, skill, test of the answer)."""
        messages = [{"role": "system", "content": system}] if system else []
        for turn in turns:
            said, skill, test = turn if isinstance(turn, tuple) else (turn, None, None)
            messages.append({"role": "user", "content": said})
            text = self.answer(messages, tools)
            if skill:
                self.note(skill, test(text), messages, text)
            messages.append({"role": "assistant", "content": text})
        return messages


NAMES = """Constantin Zorvik Wilhelmina Quetzal Xanthippe Thaddeus Ekwueme Brunhilde Szymon Oyelaran Gwendolyn Fjodor Marguerite
Bartholomew Llewellyn Krzysztof Ragnhild Ambrosius Zephyrine Jaqxo Mbwtu Aoife Ibbiloo Vrrk Ty Qiqi Nnamdi Hjalmar Uuno Pfitz""".split()
PLACES = """Ljubljana|Ouagadougou|Reykjavik|Djibouti|Vladivostok|Tegucigalpa|Tallahassee|Bratislava|Montevideo|Saskatoon|Kathmandu|
Antananarivo|Timbuktu|Wollongong|Buenos Aires|Addis Ababa|Kuala Lumpur|Baden-Baden|Ulm|Nuku'alofa|Ho Chi Minh City|Xi'an""".replace("\n", "").split("|")
THINGS = "saxophone trampoline marmalade accordion walrus pineapple telescope zucchini kettle giraffe".split()
PHRASES = """green apples are tasty|the quick brown fox jumps over the lazy dog|saxophone|Marmalade on the trampoline|hello world|
Zorvik plays the accordion|To be or not to be|blue elephants dance at night|xylophone zebra quartz|I love Jakarta EE|one two three|
Never odd or even|The walrus and the kettle|purple monkey dishwasher|good morning everybody|Ouagadougou|a|Peter Piper picked a peck of pickled peppers|
rain in Spain falls mainly|servers never sleep|42 is the answer|banana banana banana|Open the pod bay doors|my hovercraft is full of eels|
Klaatu barada nikto|the cat sat on the mat|Supercalifragilistic|Wubba lubba dub dub|wax on wax off|live long and prosper""".replace("\n", "").split("|")


def call_of(text):
    """The tool call in an answer, or None."""
    text = text.strip()
    if not (text.startswith("<tool_call>") and text.endswith("</tool_call>")):
        return None
    try:
        return json.loads(text[len("<tool_call>"):-len("</tool_call>")])
    except ValueError:
        return None


def tool(function, description=None, required=True, **parameters):
    f = {"name": function}
    if description:
        f["description"] = description
    f["parameters"] = {"type": "object", "properties": {k: ({"type": v} if isinstance(v, str) else v) for k, v in parameters.items()}}
    if required:
        f["parameters"]["required"] = [k for k in parameters if required is True or k in required]
    return {"type": "function", "function": f}


def names(suite):
    hello = ["Hello, my name is {}.", "Hi, I'm {}", "hello my name is {}", "Hi there! {} here.", "Good morning, I am {}.", "My name is {}.",
             "Hello Artemis, my name is {}", "hey, call me {}", "Hello! My name is {}. Nice to meet you!", "I am {}."]
    between = [["What do you know about dogs?"], ["How are you?", "What is 7 plus 5?"], ["Tell me about the moon."], ["Repeat after me: green apples", "Thanks!"],
               ["Count to 5."], [], ["Who are you?", "What is the capital of France?"], ["What can you do?"], ["What is 2+2?", "Tell me a joke.", "Thank you!"]]
    again = ["What is my name?", "Do you remember my name?", "what's my name", "Who am I?", "Tell me my name, please."]
    for i, name in enumerate(NAMES):
        suite.talk((hello[i % len(hello)].format(name), "greets by a name never seen", lambda t: name in t),
                   *between[i % len(between)],
                   (again[i % len(again)], "still knows the name later", lambda t: name in t),
                   system=[None, "You are a helpful assistant.", "You are an assistant named Kunigunde."][i % 3])


def identity(suite):
    asks = ["Who are you?", "What is your name?", "who are you", "Hello, who are you?", "Tell me who you are."]
    for i, ask in enumerate(asks):
        for system in (None, "You are a helpful assistant.", "You are an intelligent assistant. Answer briefly."):
            suite.talk((ask, "says who it is", lambda t: "Hyperion" in t), system=system)
    suite.talk("What is 3 plus 4?", ("Who are you?", "says who it is", lambda t: "Hyperion" in t))
    prompts = ["You are a helpful assistant named {}.", "You are {}.", "Your name is {}.", "You are {}, a friendly robot.", "You are an assistant called {}. Be polite.",
               "You are a helpful assistant. Your name is {}."]
    for i, name in enumerate(NAMES + ["Luna", "Jarvis", "Artemis"]):
        system = prompts[i % len(prompts)].format(name)
        suite.talk((asks[i % len(asks)], "takes the system prompt's name", lambda t: name in t), system=system)
        if i % 3 == 0:
            other = NAMES[(i + 7) % len(NAMES)]
            suite.talk("Hi, I am %s." % other, ("What is your name?", "tells both names apart", lambda t: name in t and other not in t),
                       ("And what is my name?", "tells both names apart", lambda t: other in t and name not in t), system=system)


def knowledge(suite):
    for topic, (answer, own) in facts.TOPICS.items():
        for ask in ["What do you know about %s?" % topic[0], "tell me about %s" % topic[0]] + own[:1]:
            suite.talk((ask, "facts", lambda t: t == answer), system=None if len(ask) % 2 else "You are a helpful assistant.")
    suite.talk(("What do you know about dogs?", "facts", lambda t: "bark" in t))
    for thing in THINGS:
        suite.talk(("What do you know about %s?" % thing, "admits what it does not know", lambda t: thing in t and "not know" in t))


def sums(suite):
    wordings = ["What is {} plus {}?", "{}+{}", "Add {} and {}.", "what is {} + {}", "How much is {} plus {}?", "{} + {} = ?"]
    for a in range(21):
        for b in range(21):
            suite.talk((wordings[(a + b) % len(wordings)].format(a, b), "sums to 20 + 20", lambda t: t.rstrip(". ").split()[-1:] == [str(a + b)]))


def counting(suite):
    for n in range(2, 21):
        want = ", ".join(map(str, range(1, n + 1)))
        suite.talk((["Count to %d.", "Can you count to %d?", "count from 1 to %d", "Let's count to %d!"][n % 4] % n, "counts", lambda t: t == want))
    suite.talk(("Count from 4 to 9.", "counts", lambda t: t == "4, 5, 6, 7, 8, 9"))


def repeating(suite):
    wordings = ["Repeat after me: {}", "Please repeat this phrase: \"{}\"", "Say {}", "Repeat the following: {}", "Please say \"{}\".", "repeat: {}"]
    for i, phrase in enumerate(PHRASES):
        for j in (0, 1, 2 + i % 4):
            suite.talk((wordings[j].format(phrase), "repeats a phrase", lambda t: t == phrase), system=None if i % 2 else "You are a helpful assistant.")


def tools(suite):
    weather = tool("get_weather", "Get the current weather in a city", city="string")
    offers = [([weather], "get_weather", "city"),
              ([tool("get_current_weather", "Get the current weather", ["location"], location={"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
                     unit={"type": "string", "enum": ["celsius", "fahrenheit"]})], "get_current_weather", "location"),
              ([tool("weather", None, False, place="string")], "weather", "place"),
              ([tool("get_time", "Get the current time", city="string"), weather], "get_weather", "city"),
              ([weather, tool("lookup_price", "Look up the price of an item", item="string")], "get_weather", "city"),
              ([tool("zorb_meteo", "Weather of a town", town={"type": "string", "description": "Town name"})], "zorb_meteo", "town")]
    asks = ["What is the weather in {}?", "What's the weather like in {} today?", "weather in {}", "Tell me the weather in {}.", "How is the weather in {}?",
            "Can you check the weather in {}?"]
    results = [('{"temperature": 21, "condition": "sunny"}', ("21", "sunny")), ('{"temp": -4, "unit": "celsius", "forecast": "snow"}', ("-4", "snow")),
               ("17 degrees and cloudy", ("17", "cloudy")), ('{"temperature":31,"humidity":64}', ("31", "64")), ("It is raining.", ("raining",))]
    for i, place in enumerate(PLACES):
        offer, name, parameter = offers[i % len(offers)]
        system = [None, "You are a helpful assistant."][i % 2]
        messages = suite.talk((asks[i % len(asks)].format(place), "calls the tool", lambda t: call_of(t) == {"name": name, "arguments": {parameter: place}}),
                              system=system, tools=offer)
        result, words = results[i % len(results)]
        messages[-1] = {"role": "assistant", "content": None, "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": name, "arguments": json.dumps({parameter: place})}}]}
        messages.append({"role": "tool", "tool_call_id": "call_1", "content": result})
        text = suite.answer(messages, offer)
        suite.note("uses the tool's answer", all(w in text for w in words) and place in text, messages, text)
    for i, thing in enumerate(THINGS):
        suite.talk(("What is the price of %s?" % thing, "calls other tools", lambda t: call_of(t) == {"name": "lookup_price", "arguments": {"item": thing}}), tools=offers[4][0])
        suite.talk(("What is the %s of Zorvik?" % ["quorum", "rating", "height"][i % 3], "calls other tools",
                    lambda t: call_of(t) == {"name": "get_" + ["quorum", "rating", "height"][i % 3], "arguments": {"name": "Zorvik"}}),
                   tools=[tool("get_" + ["quorum", "rating", "height"][i % 3], "Looks it up", name="string")])
    for ask, test in (("What do you know about dogs?", lambda t: "bark" in t), ("Hello, my name is Zorvik.", lambda t: "Zorvik" in t and "<tool_call>" not in t),
                      ("What is 7 plus 5?", lambda t: "12" in t and "<tool_call>" not in t), ("Who are you?", lambda t: "Hyperion" in t and "<tool_call>" not in t),
                      ("Repeat after me: marmalade on toast", lambda t: t == "marmalade on toast"), ("How are you?", lambda t: "fine" in t)):
        for offer, _, _ in offers:
            suite.talk((ask, "calls no tool without need", test), tools=offer)
    for place in PLACES[:8]:
        suite.talk(("What is the weather in %s?" % place, "calls no tool without an offer", lambda t: "<tool_call>" not in t))
        suite.talk(("What is the weather in %s?" % place, "calls a tool named in words", lambda t: call_of(t) == {"name": "get_weather", "arguments": {"city": place}}),
                   system="You are a helpful assistant. You can call get_weather(city).")


def splitting(suite):
    """The corpus' encoder must cut texts just as the library does."""
    own = tokenizer.load()
    r = random.Random(5)
    source = corpus.Corpus(12345)
    texts = ["", " ", "  a  b ", "Grüße, 世界! 😀", "a\n\nb\t c", "<tool_call>{\"a\": 1}</tool_call>", "<|im_start|>user\nx<|im_end|>\n", "don't \u2581 x"]
    texts += ["".join(t for t, _ in corpus.render(*source.conversation())) for _ in range(1500)]
    texts += ["".join(r.choice("abcdefgh theandTheWhat {}\":,.<>|é漢 \n0123456789_-") for _ in range(r.randint(1, 60))) for _ in range(3000)]
    for text in texts:
        a, b = own.encode(text), suite.engine.tokenize(text)
        suite.note("encoder agrees with llama.cpp", a == b, [{"content": repr(text)}], "" if a == b else "%s / %s" % (a, b))


BARS = {"facts": 1.0, "sums to 20 + 20": 0.98, "encoder agrees with llama.cpp": 1.0, "ends by itself": 0.99}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("library")
    p.add_argument("model")
    p.add_argument("--show", action="store_true", help="print the failures")
    p.add_argument("--ask", nargs="+", help="the user's turns of one conversation")
    p.add_argument("--system", help="the system prompt of that conversation")
    a = p.parse_args()
    suite = Suite(Engine(a.library, a.model))
    if a.ask:
        for m in suite.talk(*a.ask, system=a.system):
            print(m["role"] + ": " + m["content"])
        return
    for part in (splitting, names, identity, knowledge, sums, counting, repeating, tools):
        part(suite)
    if a.show:
        print("\n".join(suite.failures))
    bad = False
    for skill, (n, m) in suite.scores.items():
        low = n < m * BARS.get(skill, 0.95)
        bad |= low
        print("%-32s %4d of %4d%s" % (skill, n, m, "  BELOW ITS BAR" if low else ""))
    sys.exit(bad)


if __name__ == "__main__":
    main()
